import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * Clients of server-sent events: of the address argv[2], the query argv[3], argv[4] of them, which accept the codings argv[5]. They read into
 * one buffer, for a thousand real ones would not share this machine.
 */
const [address = "", query = "", count = "0", accepted = ""] = process.argv.slice(2);
const { hostname, port } = new URL(address);
const buffer = Buffer.allocUnsafe(2 ** 18);
const coding = accepted === "" ? "" : `accept-encoding: ${accepted}\r\n`;
const sockets: Socket[] = [];
let bytes = 0;

for (let at = 0; at < Number(count); at += 1) {
  const heard = Promise.withResolvers<void>();
  const callback = (read: number): boolean => {
    bytes += read;
    heard.resolve();
    return true;
  };
  const socket = connect({ port: Number(port), host: hostname, onread: { buffer, callback } });
  await once(socket, "connect");
  socket.write(`GET /v1/events?${query} HTTP/1.1\r\nhost: x\r\n${coding}\r\n`);
  await heard.promise;
  sockets.push(socket);
}
bytes = 0;
const begun = process.cpuUsage();
process.once("message", () => {
  const { user, system } = process.cpuUsage(begun);
  process.send?.({ bytes, cpu_s: (user + system) / 1_000_000 });
  for (const socket of sockets) socket.destroy();
  process.disconnect();
});
process.send?.("ready");
