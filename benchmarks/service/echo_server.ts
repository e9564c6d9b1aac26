import fastify from "fastify";

/** The ceiling: Fastify with nothing behind it, which parses a body of JSON and sends it back. */
const app = fastify();
app.post("/", async (request) => request.body);
process.stdout.write(`${await app.listen({ host: "127.0.0.1", port: 0 })}\n`);
