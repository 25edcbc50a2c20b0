// While something runs: Stop, and what waits its turn until nothing does.

import { Desk } from "./support/desk.js";
import { expect, test } from "./support/fixtures.js";

test("Stop stands in the place of Send, and takes no draft along", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  const send = desk.chat.getByRole("button", { name: "Send", exact: true });
  await expect(send).toBeDisabled();
  await desk.say("run validation");
  await expect(desk.stopButton).toBeVisible();
  await expect(send).toBeHidden();
  await expect(desk.chat.getByRole("button", { name: "Queue" })).toBeHidden();
  await desk.composer.fill("half a thought");
  await expect(desk.chat.getByRole("button", { name: "Queue" })).toBeVisible();
  const heard = await desk.listen();
  await desk.stopButton.click();
  await expect(desk.verdict).toHaveText("stopped");
  await expect(desk.stopButton).toBeHidden();
  await expect(send).toBeEnabled();
  await expect(desk.composer).toHaveValue("half a thought");
  await expect.poll(heard).toContain("Run the checks: stopped.");
});

test("a Stop that could not be told yet is not lost", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  await server.kill();
  await desk.stopButton.click();
  await expect(desk.chat.getByRole("button", { name: "Stopping…" })).toBeVisible();
  await expect(desk.chat.getByText("Not stopped yet")).toBeVisible();
  await server.start();
  await desk.isLive();
  await expect(desk.chat.getByRole("button", { name: "Stopping…" })).toBeHidden();
  await expect(desk.verdict).toHaveText("interrupted");
  // The wish is done with, and not kept for ever.
  await expect.poll(() => page.evaluate(() => localStorage.getItem("pm.stopping"))).toBeNull();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("what is written waits in the queue, can be changed and taken back, and is acted on in its turn", async ({ server, shop, context, desk }) => {
  await desk.open(server, shop.id);
  const other = new Desk(await context.newPage());
  await other.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.messages).toHaveCount(2);
  await desk.say("what can you do?");
  await desk.say("hello");
  await desk.say("never mind this");
  for (const one of [desk, other]) await expect(one.queue.getByRole("listitem")).toHaveCount(3);
  await expect(desk.messages).toHaveCount(2);

  // Withdrawn in one window, it is gone in both; changed in the other, it is so here.
  await desk.queue.getByRole("listitem").filter({ hasText: "never mind" }).getByRole("button", { name: "Withdraw" }).click();
  for (const one of [desk, other]) await expect(one.queue.getByRole("listitem")).toHaveCount(2);
  await other.queue.getByRole("button", { name: "Edit" }).last().click();
  const box = other.queue.getByRole("textbox", { name: "Change what is queued" });
  await expect(box).toBeFocused();
  await box.fill("are you there?");
  await box.press("Enter");
  await expect(other.queue.getByRole("button", { name: "Edit" }).last()).toBeFocused();
  for (const one of [desk, other]) await expect(one.queue).toContainText("are you there?");
  await expect(desk.queue).not.toContainText("hello");

  shop.checks.pass();
  await expect(desk.verdict).toHaveText("done");
  for (const one of [desk, other]) {
    await expect(one.queue).toBeHidden();
    await expect(one.messages).toHaveCount(7);
  }
  const said = await desk.said();
  expect(said[2]).toContain("All checks passed");
  expect([said[3], said[5]]).toEqual(["user: what can you do?", "user: are you there?"]);
  expect(await other.said()).toEqual(said);
});

test("Stop and a reload leave the queue as it is, and its first message comes next", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  await desk.say("what can you do?");
  await expect(desk.queue.getByRole("button", { name: "Edit" })).toBeVisible();
  await page.reload();
  await expect(desk.queue).toContainText("what can you do?");
  await desk.stopButton.click();
  await expect(desk.verdict).toHaveText("stopped");
  await expect(desk.queue).toBeHidden();
  await expect(desk.messages.filter({ hasText: "what can you do?" })).toHaveCount(1);
  await expect(desk.messages.last()).toHaveAttribute("data-role", "assistant");
});

test("a message whose turn comes while it is being changed is told, and nothing that was written is lost", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  await desk.say("hello");
  await desk.queue.getByRole("button", { name: "Edit" }).click();
  await desk.queue.getByRole("textbox").fill("hello, and one more thing");
  await desk.composer.fill("half a thought");
  shop.checks.pass();
  await expect(desk.queue).toBeHidden();
  await expect(page.getByRole("alert")).toContainText("no longer in the queue");
  await expect(desk.composer).toHaveValue("half a thought\nhello, and one more thing");
  await expect(desk.messages.filter({ hasText: /^You.*hello$/ })).toHaveCount(1);
});

test("what is queued while the server is away is kept, and can be taken back into the box", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  await server.kill();
  await expect(desk.chat.getByText("Not connected just now")).toBeVisible();
  await desk.say("first thought");
  await desk.say("second thought");
  await expect(desk.queue.getByText("waiting for the server")).toHaveCount(2);
  await desk.composer.fill("third thought");
  await desk.queue.getByRole("listitem").filter({ hasText: "second" }).getByRole("button", { name: "Edit" }).click();
  await expect(desk.composer).toHaveValue("third thought\nsecond thought");
  await server.start();
  await desk.isLive();
  await expect(desk.queue).toBeHidden();
  await expect(desk.messages.filter({ hasText: "first thought" }).first()).toBeVisible();
  await expect(desk.composer).toHaveValue("third thought\nsecond thought");
});
