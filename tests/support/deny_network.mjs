// Loaded before the program: whatever would reach for a network leaves a sign on stderr and fails.
import dgram from "node:dgram";
import dns from "node:dns";
import { writeSync } from "node:fs";
import net from "node:net";

const deny = (what) => () => {
  writeSync(2, `network: ${what}\n`);
  throw new Error(`the network is denied: ${what}`);
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
