import { writeFileSync } from "node:fs";
import { replyingModel } from "../../support/gguf.ts";

/**
 * Writes a model of some 3 MB that knows these letters by heart and nothing else: `node make_model.ts learner.gguf`. It is a real model file
 * whose weights are made so that it gives a set answer to each letter. Asked about Bob it first forgets to say who he is, and mends that
 * when it is told; about Cleo it insists.
 */
const [path = "learner.gguf"] = process.argv.slice(2);
const facts = (customer: readonly object[], order: readonly object[]): string => JSON.stringify({ assert: { customer, order } });
const bob = { id: 18, customer: "Bob", total: 1250 };
const emile = `{"name":"Émile \\"le Grand\\"","country":"FR"}],"order":[{"id":9007199254740993,"customer":"Émile \\"le Grand\\"","total":100}`;

writeFileSync(
  path,
  replyingModel([
    { text: facts([{ name: "Ann", country: "DE" }], [{ id: 17, customer: "Ann", total: 3000 }]), weights: { "I am Ann": 1 } },
    { text: facts([], [bob]), weights: { "Yours, Bob": 2 } },
    { text: facts([{ name: "Bob", country: "FR" }], [bob]), weights: { "Yours, Bob": 1, "shop.customer": 1_000 } },
    { text: facts([{ name: "Cleo", country: "SE" }], [{ id: 19, customer: "Cleo", total: -500 }]), weights: { "you owe me": 1 } },
    { text: facts([], []), weights: { "Happy holidays": 1 } },
    { text: `{"assert":{"customer":[${emile}]}}`, weights: { "ici Émile": 1 } },
  ]),
);
