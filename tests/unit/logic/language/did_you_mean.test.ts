import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { didYouMean, nearest } from "../../../../logic/language/did_you_mean.ts";

describe("did you mean", () => {
  it("takes the nearest, the first of equals, and never the name itself", () => {
    assert.equal(nearest("pakage", ["package", "page", "edge"]), "package");
    assert.equal(nearest("cat", ["cut", "bat", "cat"]), "bat");
    assert.equal(nearest("name", ["name"]), null);
  });

  it("looks past case and letters that changed places", () => {
    assert.equal(nearest("npm", ["NPM"]), "NPM");
    assert.equal(nearest("nmp", ["npm"]), "npm");
  });

  it("says nothing where nothing is near", () => {
    assert.equal(nearest("x", ["package"]), null);
    assert.equal(nearest("abc", ["xyz"]), null);
    assert.equal(didYouMean("abc", ["xyz"], "otherwise"), "otherwise");
    assert.equal(didYouMean("abc", ["abd"], null)?.includes("`abd`"), true);
  });
});
