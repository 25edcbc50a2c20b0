// A command in a coding agent, as the person in front of the page sees it: what it writes while it writes it, what it does
// when it does it, and how it changed a file.

import { adds, edits, gets, tells, uses } from "./support/acp.js";
import { expect, test } from "./support/agent.js";

test("a text is on the screen while it is written, and stands there once when it is whole", async ({ studio, agent, page, desk }) => {
  agent.does([
    { say: "It is **a sh" }, agent.waitsFor("more"), { say: "op** for pottery." }, agent.waitsFor("whole"),
    uses("read", "Read README.md", { kind: "read", status: "completed" }), agent.waitsFor("end"), { say: "All is read." },
  ]);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const writing = page.getByTestId("writing");
  await expect(writing).toContainText("It is");
  await expect(desk.step("It is")).toHaveCount(0);
  agent.goOn("more");
  await expect(writing.locator("strong")).toHaveText("a shop");
  await page.reload();
  await expect(writing.locator("strong")).toHaveText("a shop");
  agent.goOn("whole");
  await expect(desk.step("Read README.md")).toBeVisible();
  await expect(writing).toBeHidden();
  await expect(desk.step("It is a shop for pottery.")).toHaveCount(1);
  agent.goOn("end");
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.step("It is a shop for pottery.")).toHaveCount(1);
  await expect(desk.messages.last()).toContainText("All is read.");
});

test("tools at work side by side get each its own result, when it comes", async ({ studio, agent, desk }) => {
  agent.does([
    uses("tests", "`npm test`", { kind: "execute", rawInput: { command: "npm test" } }),
    uses("read", "Read src/cart.js", { kind: "read", status: "in_progress", locations: [{ path: "{root}/src/cart.js", line: 7 }] }),
    agent.waitsFor("read"), gets("read", "one\ntwo\nthree"),
    agent.waitsFor("tests"), adds("tests", { status: "failed", rawOutput: "2 tests failed" }),
  ]);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const [tests, read] = [desk.step("npm test"), desk.step("src/cart.js")];
  await expect(tests).toContainText("Run npm test");
  await expect(read).toContainText("line 7");
  agent.goOn("read");
  await expect(read).toContainText("3 lines");
  await expect(tests).toContainText("Run npm test");
  agent.goOn("tests");
  await expect(tests).toContainText("Ran npm test");
  await expect(tests).toContainText("2 tests failed");
  await expect(tests).toHaveAttribute("data-bad", "true");
  await expect(read).not.toHaveAttribute("data-bad", "true");
  await expect(desk.verdict).toHaveText("done");
});

test("how a file was changed is one click away, line by line", async ({ studio, agent, desk }) => {
  agent.does([edits("1", "src/cart.js", "a\nb\nc\n", "a\nB\nc\nd\n"), edits("2", "src/new.js", null, "x\n")]);
  await desk.open(studio.server, studio.id);
  await studio.server.ask("POST", `/api/projects/${studio.id}/executions`, { command: "execute-github", args: "sum the cart" });
  const change = desk.step("Edited src/cart.js");
  await expect(change).toContainText("2 lines added, 1 line removed");
  await expect(desk.step("Wrote src/new.js")).toContainText("1 line added, 0 lines removed");
  await expect(desk.verdict).toHaveText("done");
  const lines = change.getByRole("region", { name: "Changes to src/cart.js" }).locator("[data-sort]");
  await expect(lines).toHaveCount(0);
  await change.getByRole("button", { expanded: false }).click();
  await expect(lines).toHaveText([" a", "removed: −b", "added: +B", " c", "added: +d"]);
});

test("its plan, what it took and, at the highest level, its thoughts and what nobody has words for are shown", async ({ studio, agent, desk }) => {
  const plan = (/** @type {string} */ status) => tells({
    sessionUpdate: "plan",
    entries: [{ content: "Look around", priority: "high", status: "completed" }, { content: "Build the basket", priority: "high", status }],
  });
  agent.does([
    { think: "They want a basket." }, plan("in_progress"), agent.waitsFor("built"), plan("completed"),
    tells({ sessionUpdate: "usage_update", used: 50_000, size: 200_000, cost: { amount: 0.125, currency: "USD" } }),
    tells({ sessionUpdate: "from_the_future", what: [1, 2] }), agent.waitsFor("end"),
  ]);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const doing = desk.step("Plan: Build the basket");
  await expect(doing.locator("[data-state=done]")).toHaveText("Look around");
  await expect(doing.locator("[data-state=doing]")).toHaveText("Build the basket");
  agent.goOn("built");
  await expect(desk.step("Plan: 2 of 2 done")).toBeVisible();
  await expect(desk.step("50k of 200k tokens in mind · $0.13 so far")).toBeVisible();
  await expect(desk.commands.last().getByRole("heading")).toContainText("$0.13");
  for (const hidden of ["They want a basket.", "from_the_future"]) await expect(desk.step(hidden)).toHaveCount(0);
  await desk.show("All");
  for (const shown of ["They want a basket.", "from_the_future"]) await expect(desk.step(shown)).toBeVisible();
  agent.goOn("end");
  await expect(desk.verdict).toHaveText("done");
});
