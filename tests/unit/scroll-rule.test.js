// Whether the end of a pane is followed: only the reader's own scrolling changes it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isFollowing } from "../../static/scroll-rule.js";

const END = { top: 900, height: 100, length: 1_000 };

test("more at the end is followed", () => assert.ok(isFollowing(true, END, { ...END, length: 1_200 })));

test("a reader who goes up is let go, however much arrives", () => {
  assert.ok(!isFollowing(true, END, { ...END, top: 880 }));
  assert.ok(!isFollowing(true, END, { ...END, top: 880, length: 5_000 }));
});

test("a reader who is not at the end stays there until they come back to it", () => {
  assert.ok(!isFollowing(false, { ...END, top: 500 }, { ...END, top: 600 }));
  assert.ok(isFollowing(false, { ...END, top: 500 }, { ...END, top: 895 }));
});

test("a pane that changes its height is not a reader who scrolls", () => {
  assert.ok(isFollowing(true, END, { top: 850, height: 150, length: 1_020 }));
  assert.ok(isFollowing(true, END, { top: 900, height: 60, length: 1_000 }));
});

test("lines that go are not a reader who scrolls", () => assert.ok(isFollowing(true, END, { top: 700, height: 100, length: 820 })));

test("lines that went and others that came before anybody looked are not a reader who scrolls", () => {
  const place = { top: 880, height: 100, length: 1_000 };
  assert.ok(isFollowing(true, END, place, false));
  assert.ok(!isFollowing(true, END, place, true));
  assert.ok(!isFollowing(false, END, place, false));
});
