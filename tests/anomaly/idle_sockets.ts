import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * Run as a process of its own by `service_sockets.test.ts`: opens argv[4] connections to argv[2]:argv[3], a tenth of which have begun a
 * request, prints `open`, and holds them until its standard input ends. Then it prints how many of them are still open.
 */
const [host = "", port = "", count = ""] = process.argv.slice(2);
const AT_ONCE = 250;
const EVERY = 10;

const sockets: Socket[] = [];
let open = 0;
while (sockets.length < Number(count)) {
  const batch = Array.from({ length: Math.min(AT_ONCE, Number(count) - sockets.length) }, () => connect(Number(port), host));
  await Promise.all(batch.map((socket) => once(socket, "connect")));
  for (const [index, socket] of batch.entries()) {
    open += 1;
    socket.on("error", () => undefined);
    socket.on("close", () => {
      open -= 1;
    });
    socket.resume();
    if (index % EVERY === 0)
      socket.write("POST /v1/deltas HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{");
  }
  sockets.push(...batch);
}
process.stdout.write("open\n");
process.stdin.resume();
await once(process.stdin, "end");
process.stdout.write(`${open}\n`);
for (const socket of sockets) socket.destroy();
