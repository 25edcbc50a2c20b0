// Many tabs of one browser: one event stream a project, four in all, and nothing missed or doubled when tabs come, go,
// crash or freeze.

import { Desk } from "./support/desk.js";
import { expect, test } from "./support/fixtures.js";
import { freeze, look } from "./support/tab.js";

/** Opens so many tabs. @param {import("@playwright/test").BrowserContext} context @param {any} server @param {string[]} ids */
async function openTabs(context, server, ids) {
  const desks = [];
  for (const id of ids) {
    const desk = new Desk(await context.newPage());
    await desk.open(server, id);
    desks.push(desk);
  }
  return desks;
}

/** Who watches a project on the server: its event streams, without the chat windows. @param {any} server @param {string} id */
async function streams(server, id) {
  const { streams: all } = await server.ask("GET", `/api/diagnostics/sse/${id}`);
  return all.filter((/** @type {any} */ one) => one.verbosity === 3);
}

/** The numbers of the steps a tab shows. @param {Desk} desk */
const seqs = async (desk) => (await desk.shown()).map((step) => step.seq);

test.describe("of one project", () => {
  for (const count of [6, 12]) {
    test(`${count} tabs show every step once, over one stream`, async ({ server, shop, context }) => {
      test.setTimeout(120_000);
      const desks = await openTabs(context, server, Array(count).fill(shop.id));
      expect(await streams(server, shop.id)).toHaveLength(1);
      await desks[0].say("run validation");
      for (const desk of desks) await expect(desk.step("The checks begin")).toBeVisible();
      shop.checks.say("the cart adds up");
      shop.checks.pass();
      for (const desk of desks) {
        await expect(desk.verdict).toHaveText("done");
        await expect(desk.activity).toContainText("the cart adds up");
        await desk.show("All");
      }
      const all = await seqs(desks[0]);
      expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
      for (const desk of desks) await expect.poll(() => seqs(desk)).toEqual(all);
      // The connections that are left are free for everything else.
      await desks[count - 1].say("hello");
      for (const desk of desks) await expect(desk.messages).toHaveCount(5);
    });
  }

  test("when the tab with the stream closes the next takes over with its own cursor", async ({ server, shop, context, browserErrors }) => {
    const [first, ...others] = await openTabs(context, server, Array(3).fill(shop.id));
    await first.say("run validation");
    for (const desk of others) await expect(desk.step("The checks begin")).toBeVisible();
    await first.page.close();
    shop.checks.say("said to the others");
    for (const desk of others) await expect(desk.activity).toContainText("said to the others");
    shop.checks.pass();
    for (const desk of others) await expect(desk.verdict).toHaveText("done");
    await expect.poll(() => streams(server, shop.id)).toHaveLength(1);
    expect(await seqs(others[0])).toEqual(await seqs(others[1]));
    expect(browserErrors.lines.filter((line) => line === "SSE connected")).toHaveLength(2);
  });

  test("when the tab with the stream crashes the next takes over", async ({ server, shop, context }) => {
    const [first, second] = await openTabs(context, server, Array(2).fill(shop.id));
    await second.say("run validation");
    await expect(second.step("The checks begin")).toBeVisible();
    const crashed = first.page.waitForEvent("crash");
    void first.page.goto("chrome://crash").catch(() => {});
    await crashed;
    shop.checks.say("said after the crash");
    await expect(second.activity).toContainText("said after the crash");
    await second.isLive();
  });

  test("a frozen tab with the stream does not hold the others up, and has missed nothing when it wakes", async ({ launch, checked, context }) => {
    const server = await launch({ settings: { PM__FEED__HEARTBEAT_SECONDS: "1" } });
    const { path, checks } = checked("web-shop");
    const { id } = await server.createProject("Web shop", path);
    const [first, second, third] = await openTabs(context, server, Array(3).fill(id));
    await second.say("run validation");
    await expect(second.step("The checks begin")).toBeVisible();
    const thaw = await freeze(first.page);
    checks.say("said while the first tab was frozen");
    for (const desk of [second, third]) {
      await expect(desk.activity).toContainText("said while the first tab was frozen");
      await desk.isLive();
    }
    checks.pass();
    for (const desk of [second, third]) await expect(desk.verdict).toHaveText("done");
    await thaw();
    await expect(first.verdict).toHaveText("done");
    await first.isLive();
    await expect.poll(() => streams(server, id)).toHaveLength(1);
    expect(await seqs(first)).toEqual(await seqs(second));
    await first.say("hello");
    for (const desk of [first, second, third]) await expect(desk.messages).toHaveCount(5);
  });

  test("a server that is killed and comes back is found by all tabs", async ({ server, shop, context }) => {
    const desks = await openTabs(context, server, Array(3).fill(shop.id));
    await desks[0].say("hello");
    for (const desk of desks) await expect(desk.messages).toHaveCount(2);
    await server.kill();
    for (const desk of desks) await expect(desk.pill).toHaveText(/Reconnecting|Offline/);
    await server.start();
    for (const desk of desks) await desk.isLive();
    await desks[2].say("hello again");
    for (const desk of desks) await expect(desk.messages).toHaveCount(4);
    expect(await streams(server, shop.id)).toHaveLength(1);
  });

  test("Reconnect now in a tab that follows wakes the one that leads", async ({ server, shop, context }) => {
    const [, second] = await openTabs(context, server, Array(2).fill(shop.id));
    await server.kill();
    // Long enough for the button to come before the next try.
    await expect(second.pill).toHaveText(/next try in 1\d s|next try in [89] s/);
    await server.start();
    await second.page.getByRole("button", { name: "Reconnect now" }).click();
    await second.isLive();
  });
});

test.describe("of twelve projects", () => {
  test("four have a stream, the others ask, and the one that comes to the front gets one", async ({ server, checkout, context }) => {
    test.setTimeout(120_000);
    /** @type {string[]} */
    const ids = [];
    for (let i = 0; i < 12; i++) ids.push((await server.createProject(`Project ${i}`, checkout(`project-${i}`))).id);
    const desks = [];
    for (const id of ids) {
      for (const desk of desks.slice(-1)) await look(desk.page, false);
      desks.push(...await openTabs(context, server, [id]));
    }
    const counts = async () => (await Promise.all(ids.map((id) => streams(server, id)))).map((all) => all.length);
    await expect.poll(async () => (await counts()).reduce((sum, n) => sum + n)).toBe(4);
    expect((await counts())[11]).toBe(1);
    const without = (await counts()).indexOf(0);
    const desk = desks[without];
    await expect(desk.pill).toHaveAttribute("title", /asks every 4 seconds/);

    // What happens is seen there as well, and it works as any other.
    await server.ask("POST", `/api/projects/${ids[without]}/messages`, { content: "hello" });
    await expect(desk.messages).toHaveCount(2);
    await expect(desk.step(/You.*hello/)).toBeVisible();

    await look(desks[11].page, false);
    await look(desk.page, true);
    await expect.poll(async () => (await counts())[without]).toBe(1);
    await expect(desk.pill).not.toHaveAttribute("title", /asks every/);
    await expect.poll(async () => (await counts()).reduce((sum, n) => sum + n)).toBe(4);
    await desk.say("what can you do?");
    await expect(desk.messages).toHaveCount(4);
  });
});

test("where tabs cannot share, each has its own stream and says what that means", async ({ server, shop, context }) => {
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined }));
  const desks = await openTabs(context, server, Array(2).fill(shop.id));
  expect(await streams(server, shop.id)).toHaveLength(2);
  await expect(desks[0].pill).toHaveAttribute("title", /more than five tabs/);
  await desks[0].say("hello");
  for (const desk of desks) await expect(desk.messages).toHaveCount(2);
});
