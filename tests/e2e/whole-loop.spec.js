// From an idea to checked work, as one person in front of the page goes through it, with a server that dies in the middle.

import { expect, test as base } from "./support/fixtures.js";
import { Scar } from "./support/scar.js";

/** @type {import("@playwright/test").Fixtures<{ scar: Scar }, {}, import("./support/fixtures.js").All, import("./support/fixtures.js").UsualOfWorker>} */
const fixtures = {
  scar: async ({}, use) => {
    const scar = await new Scar().start();
    await use(scar);
    await scar.kill().catch(() => {});
  },
};
const test = base.extend(fixtures);

/** Each question, by some of its words, and what is answered. */
const TALK = [
  ["What is it that you want to have built?", "A shop for pottery"],
  ["Who is it for?", "People who like handmade cups"],
  ["What is difficult or missing", "They find us at markets only"],
  ["How will this make it better?", "They can order from home"],
  ["What should it be able to do?", "must: a basket, search (nice to have)"],
  ["How does somebody go through it", "skip"],
  ["How will you see that it works out?", "Ten orders a week"],
  ["What should it not do?", "No auctions"],
];

test("an idea becomes a vision, a plan and checked work, with a yes in between and the server killed once", async ({ launch, scar, page, desk }) => {
  const server = await launch({ settings: { SCAR_BASE_URL: scar.url } });
  const { id } = await server.ask("POST", "/api/projects", { name: "Pots", github_repo_url: "https://github.com/acme/pots" });
  const gates = desk.chat.getByRole("region", { name: "Waiting for you" });
  const current = desk.chat.locator("[aria-current=step]");
  const at = (/** @type {string} */ words) => expect(current).toHaveText(words, { useInnerText: false });
  /** The command SCAR was given last, as it comes. @param {string} name */
  const begins = async (name) => {
    await expect.poll(() => scar.posts.at(-1)).toContain(`/command-invoke ${name}`);
    await expect.poll(() => scar.isWorking).toBe(true);
  };
  /** @param {string} question */
  const approve = async (question) => {
    await expect(gates.getByRole("heading", { name: question })).toBeVisible();
    await gates.getByRole("button", { name: "Approve", exact: true }).click();
    await expect(gates).toBeHidden();
  };
  await desk.open(server, id);

  await desk.say("I have an idea");
  for (const [question, answer] of TALK) {
    await expect(desk.messages.last()).toContainText(question);
    await desk.say(answer);
  }
  await expect(desk.messages.last()).toContainText("This is the vision document I made of your answers.");
  await expect(desk.messages.last()).toContainText("a basket (high priority)");
  await at("1 of 5: Vision Document Review, waiting for you");
  expect(scar.posts).toEqual([]);
  await approve("Is this vision document what you want?");

  await begins("prime");
  scar.say("🔧 READ\nReading: /workspace/pots/README.md");
  await expect(desk.step("Read README.md")).toBeVisible();
  scar.say("# Pots\n\nNothing is built yet.");
  scar.end();

  await begins("plan-feature-github");
  expect(scar.posts.at(-1)).toContain("A shop for pottery");
  await at("3 of 5: Plan Feature, in progress");
  scar.say("🔧 WRITE\nWriting: /workspace/pots/.agents/plans/shop.md");
  await expect(desk.step("Wrote .agents/plans/shop.md")).toBeVisible();
  // In the middle of it, without a word.
  await server.kill();
  await server.start();
  await desk.isLive();
  scar.say("# Plan\n\n1. A basket\n2. Search");
  scar.end();
  await approve("Shall this plan be built?");

  await begins("execute-github");
  scar.say("🔧 EDIT\nEditing: /workspace/pots/src/basket.js");
  await expect(desk.step("Edited src/basket.js")).toBeVisible();
  scar.say("The plan has been carried out.");
  scar.end();
  await begins("validate");
  scar.say("All 12 tests passed.");
  scar.end();
  await approve("Is the work what you wanted?");

  await expect(desk.chat.getByRole("region", { name: "Workflow" })).toContainText(/completed|done/i);
  expect(scar.posts.filter((post) => post.startsWith("/command-invoke")).map((post) => post.split(" ")[1])).toEqual(["prime", "plan-feature-github", "execute-github", "validate"]);
  for (const step of ["Read README.md", "Wrote .agents/plans/shop.md", "Edited src/basket.js"]) {
    const { items } = await server.ask("GET", `/api/projects/${id}/activity?limit=1000`);
    expect(items.filter((/** @type {any} */ one) => step.endsWith(one.message.split(" ").at(-1)) && one.source === "claude" && ["tool", "file_change"].includes(one.kind))).toHaveLength(1);
  }
  expect((await server.ask("GET", `/api/projects/${id}`)).status).toBe("COMPLETED");
});
