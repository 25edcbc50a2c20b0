// A language model's reply, as the person in front of the page sees it come.

import { expect, test as base } from "./support/fixtures.js";
import { Llm } from "./support/llm.js";

/** @type {import("@playwright/test").Fixtures<{ llm: Llm }, {}, import("./support/fixtures.js").All, import("./support/fixtures.js").UsualOfWorker>} */
const fixtures = {
  llm: async ({}, use) => {
    const llm = await new Llm().start();
    await use(llm);
    await llm.stop().catch(() => {});
  },
};
const test = base.extend(fixtures);

test("the reply is on the screen while it is written, and becomes a message", async ({ launch, llm, page, desk }) => {
  const server = await launch({ settings: llm.settings });
  const { id } = await server.ask("POST", "/api/projects", { name: "Web shop" });
  await desk.open(server, id);
  await desk.say("I would like to sell seeds");
  await expect.poll(() => llm.requests).toBe(1);
  await expect(page.getByTestId("typing")).toBeVisible();
  llm.say("Seeds, **a good");
  const draft = page.getByTestId("draft");
  await expect(draft).toContainText("Seeds,");
  await expect(draft).toContainText("writing…");
  await expect(page.getByTestId("typing")).toBeHidden();
  llm.say(" idea**.");
  await expect(draft.locator("strong")).toHaveText("a good idea");
  await page.reload();
  await expect(draft.locator("strong")).toHaveText("a good idea");
  await expect(desk.messages).toHaveCount(1);
  llm.end();
  await expect(desk.messages).toHaveCount(2);
  await expect(desk.messages.last().locator("strong")).toHaveText("a good idea");
  await expect(draft).toBeHidden();
  await expect(page.getByTestId("typing")).toBeHidden();
});

test("while a reply is written, what is said next waits its turn, and Stop ends it", async ({ launch, llm, page, desk }) => {
  const server = await launch({ settings: llm.settings });
  const { id } = await server.ask("POST", "/api/projects", { name: "Web shop" });
  await desk.open(server, id);
  const stop = page.getByRole("button", { name: "Stop", exact: true });
  await desk.say("I would like to sell seeds");
  await expect.poll(() => llm.requests).toBe(1);
  llm.say("Seeds, a good");
  await expect(page.getByTestId("draft")).toContainText("Seeds");
  await desk.say("and plants");
  await expect(desk.messages.nth(1)).toContainText("waits its turn");
  await expect(desk.messages.nth(0)).not.toContainText("waits its turn");
  await stop.click();
  await expect(desk.chat).toContainText("I stopped here, as you asked.");
  await expect(desk.chat).toContainText("You said stop before I had answered this");
  await expect(stop).toBeHidden();
  await expect(desk.messages).toHaveCount(6);
  await expect(desk.chat).not.toContainText("waits its turn");
});

test("a model that is away is said to be away, and the project manager answers all the same", async ({ launch, llm, desk }) => {
  const server = await launch({ settings: llm.settings });
  const { id } = await server.ask("POST", "/api/projects", { name: "Web shop" });
  await llm.stop();
  await desk.open(server, id);
  await desk.say("hello");
  await expect(desk.messages).toHaveCount(2);
  await expect(desk.step("working with fixed phrases")).toBeVisible();
});
