// The reply that is being written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withFrame, withoutDraft } from "../../static/draft.js";

const none = /** @type {any[]} */ ([]);

test("a draft grows with each piece and is over when nobody writes any more", () => {
  let draft = withFrame(null, "typing", { id: "a", active: true }, none);
  assert.deepEqual(draft, { id: "a", text: "" });
  draft = withFrame(draft, "chat_delta", { id: "a", text: "Once" }, none);
  draft = withFrame(draft, "chat_delta", { id: "a", text: " upon" }, none);
  assert.deepEqual(draft, { id: "a", text: "Once upon" });
  assert.equal(withFrame(draft, "typing", { id: "b", active: false }, none), draft);
  assert.equal(withFrame(draft, "typing", { id: "a", active: false }, none), null);
});

test("what is begun again replaces what was written", () => {
  const draft = withFrame({ id: "a", text: "It was" }, "chat_delta", { id: "a", text: "Once", restart: true }, none);
  assert.deepEqual(draft, { id: "a", text: "Once" });
  assert.deepEqual(withFrame({ id: "a", text: "It was" }, "chat_delta", { id: "b", text: "Once" }, none), { id: "b", text: "Once" });
});

test("the message takes the draft's place, and pieces that come late change nothing", () => {
  const messages = [{ id: "a" }];
  assert.equal(withoutDraft({ id: "a", text: "Once" }, messages), null);
  assert.deepEqual(withoutDraft({ id: "b", text: "Once" }, messages), { id: "b", text: "Once" });
  assert.equal(withFrame(null, "chat_delta", { id: "a", text: "late" }, messages), null);
  assert.equal(withFrame(null, "typing", { id: "a", active: true }, messages), null);
});
