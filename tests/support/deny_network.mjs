// Loaded before the program: whatever would reach for a network ends the process with a sign.
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";

const deny = (what) => () => {
  process.stderr.write(`network: ${what}\n`);
  process.exit(99);
};
net.Socket.prototype.connect = deny("connect");
net.Server.prototype.listen = deny("listen");
dgram.Socket.prototype.send = deny("datagram");
dgram.Socket.prototype.bind = deny("datagram");
for (const name of Object.keys(dns)) if (/^(lookup|resolve|reverse)/.test(name)) dns[name] = deny(name);
for (const name of Object.keys(dns.promises)) if (/^(lookup|resolve|reverse)/.test(name)) dns.promises[name] = deny(name);
globalThis.fetch = deny("fetch");
globalThis.WebSocket = class {
  constructor() {
    deny("websocket")();
  }
};
