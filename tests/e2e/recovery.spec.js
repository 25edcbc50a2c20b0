// What a person keeps when the server is killed in the middle, and what the page says meanwhile.

import { expect, test } from "./support/fixtures.js";
import { runs } from "./support/checkout.js";

test("kill -9 in the middle of a command loses nothing, ends it once, and the page recovers by itself", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.show("All");
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  shop.checks.say("two of three");
  await expect(desk.activity).toContainText("two of three");
  await expect(desk.verdict).toHaveText("running");
  const [steps, said] = [await desk.shown(), await desk.said()];
  const children = shop.checks.processes();
  expect(children).toHaveLength(2);

  await server.kill();
  await expect(desk.pill).toHaveText(/Reconnecting|Offline/);
  await expect(desk.pill).toContainText("last event");
  await expect(desk.verdict).toHaveText("no news");
  await expect(desk.projects.getByRole("link", { name: "Web shop" })).toContainText("No news");
  // Nothing that was on the screen goes away because the server did.
  expect((await desk.shown()).map((step) => step.seq)).toEqual(steps.map((step) => step.seq));
  expect(await desk.said()).toEqual(said);
  await expect.poll(() => children.filter(runs)).toEqual([]);

  await server.start();
  await desk.isLive();
  await expect(desk.verdict).toHaveText("interrupted");
  await expect(desk.commands).toHaveCount(1);
  await expect(desk.stopButton).toBeHidden();
  await expect(desk.messages.last()).toContainText(/interrupted/i);
  const after = await desk.shown();
  expect(after.slice(0, steps.length).map((step) => step.seq)).toEqual(steps.map((step) => step.seq));
  for (const { text } of steps) expect(after.map((step) => step.text)).toContain(text);
  const seqs = after.map((step) => step.seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect((await desk.said()).slice(0, said.length)).toEqual(said);

  const [execution] = await server.ask("GET", `/api/projects/${shop.id}/executions`);
  expect(execution).toMatchObject({ status: "FAILED", error_code: "interrupted" });
  expect(execution.error).toBeTruthy();
  const log = await server.activities(shop.id);
  expect(log.map((one) => one.seq)).toEqual(log.map((_, at) => at + 1));
  expect(log.filter((one) => one.kind === "status" && ["COMPLETED", "FAILED", "CANCELLED"].includes(one.status))).toHaveLength(1);

  const told = await desk.said();
  await page.reload();
  await desk.isLive();
  await expect.poll(() => desk.shown()).toEqual(after);
  expect(await desk.said()).toEqual(told);
  await expect(desk.verdict).toHaveText("interrupted");
});

test("told to end while the page is open and a command runs, the server ends in order, and the page comes back to it", async ({ server, shop, desk, browserErrors }) => {
  browserErrors.expectLoss(/./);
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.verdict).toHaveText("running");
  await expect.poll(() => shop.checks.processes()).toHaveLength(2);
  const children = shop.checks.processes();

  await server.stop();
  expect(server.log).toContain("--- ended: 0\n");
  await expect.poll(() => children.filter(runs)).toEqual([]);
  await expect(desk.pill).toHaveText(/Reconnecting|Offline/);

  await server.start();
  await desk.isLive();
  await expect(desk.verdict).toHaveText("interrupted");
});

test("after a kill the next command runs as if nothing had been", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.verdict).toHaveText("running");
  await expect.poll(() => shop.checks.processes()).toHaveLength(2);
  await server.kill();
  await server.start();
  await desk.isLive();
  await expect(desk.verdict).toHaveText("interrupted");
  await desk.say("run validation");
  await expect(desk.commands).toHaveCount(2);
  await expect(desk.verdict).toHaveText("running");
  shop.checks.pass();
  await expect(desk.verdict).toHaveText("done");
});

test("a message sent while the server is down is kept and delivered once", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("hello");
  await expect(desk.messages).toHaveCount(2);
  await server.kill();
  await expect(desk.pill).toHaveText(/Reconnecting|Offline/);
  await desk.say("are you there?");
  await desk.say("what can you do?");
  const waiting = desk.chat.getByRole("article", { name: "You, not stored yet" });
  await expect(waiting).toHaveCount(2);
  await expect(desk.composer).toHaveValue("");

  await server.start();
  await desk.isLive();
  await expect(waiting).toHaveCount(0);
  await expect(desk.messages).toHaveCount(6);
  const own = (await server.ask("GET", `/api/projects/${shop.id}/messages`)).filter((/** @type {any} */ one) => one.role === "user");
  expect(own.map((/** @type {any} */ one) => one.content)).toEqual(["hello", "are you there?", "what can you do?"]);
  await page.reload();
  await desk.isLive();
  await expect(desk.messages).toHaveCount(6);
});

test("a message that could not be sent before the page was closed goes out when it is opened again", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await server.kill();
  await expect(desk.pill).toHaveText(/Reconnecting|Offline/);
  await desk.say("are you there?");
  await expect(desk.chat.getByText("waiting for the server")).toBeVisible();
  await page.goto("about:blank");
  await server.start();
  await desk.open(server, shop.id);
  await expect(desk.messages).toHaveCount(2);
  await expect(desk.chat.getByText("waiting for the server")).toBeHidden();
  await page.reload();
  await desk.isLive();
  await expect(desk.messages).toHaveCount(2);
});

test("the button tries again at once", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await server.kill();
  await expect(desk.pill).toHaveText(/Offline/);
  await server.start();
  await page.getByRole("button", { name: "Reconnect now" }).click();
  await desk.isLive();
  await expect(page.getByRole("button", { name: "Reconnect now" })).toBeHidden();
});

test("what did not reach the server says so, and covers nothing one would do next", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.verdict).toHaveText("running");
  await server.kill();
  await desk.chat.getByRole("button", { name: "New conversation" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "could not be started" });
  await expect(notice).toBeVisible();
  const [above, below] = [await notice.boundingBox(), await desk.composer.boundingBox()];
  expect(above && below && above.y + above.height < below.y).toBe(true);
  await notice.getByRole("button", { name: "Close this message" }).click();
  await expect(notice).toBeHidden();
});

test("the Stop button ends a running command and everything it started", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect.poll(() => shop.checks.processes()).toHaveLength(2);
  const children = shop.checks.processes();
  expect(children.filter(runs)).toEqual(children);
  await desk.stopButton.click();
  await expect(desk.verdict).toHaveText("stopped");
  await expect(desk.stopButton).toBeHidden();
  await expect.poll(() => children.filter(runs)).toEqual([]);
  await expect(desk.messages.last()).toContainText("Stopped");
  const [execution] = await server.ask("GET", `/api/projects/${shop.id}/executions`);
  expect(execution.status).toBe("CANCELLED");
});
