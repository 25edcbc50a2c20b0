// The page as a person uses it: where things are, and what is done with them, by the names they have on the screen.

import { expect } from "@playwright/test";

export class Desk {
  /** @param {import("@playwright/test").Page} page */
  constructor(page) {
    this.page = page;
    this.projects = page.getByRole("navigation", { name: "Projects" });
    this.chat = page.getByRole("region", { name: "Chat", exact: true });
    this.activity = page.getByRole("region", { name: "Activity", exact: true });
    this.pill = page.getByTestId("connection");
    this.composer = this.chat.getByRole("textbox", { name: "Message" });
    this.queue = this.chat.getByRole("region", { name: "Queue" });
    this.dialog = page.getByRole("dialog", { name: "New project" });
    this.messages = this.chat.locator("[data-message-id]");
    this.stopButton = this.chat.getByRole("button", { name: "Stop" });
    this.commands = this.activity.locator("[data-execution-id]");
    this.steps = this.activity.locator("[data-seq]");
  }

  /** Opens a project and waits until it is live. @param {{ url: string }} server @param {string} projectId */
  async open(server, projectId) {
    await this.page.goto(`${server.url}/#/p/${projectId}`);
    await this.isLive();
  }

  async isLive() { await expect(this.pill).toHaveText(/^Live/); }

  /** @param {string} text */
  async say(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** What opens the menu of a project in the list. @param {string} name */
  menuOf(name) { return this.projects.getByRole("button", { name: `More about ${name}` }); }

  /** Says it at once while something runs; else it would wait in the queue. @param {string} text */
  async sayNow(text) {
    await this.composer.fill(text);
    await this.composer.press("Control+Enter");
  }

  /** Sets how much is shown. @param {"Brief" | "Steps" | "All"} level */
  async show(level) { await this.activity.getByRole("button", { name: level, exact: true }).click(); }

  /** Opens all there is to open in a part of the page. @param {import("@playwright/test").Locator} part */
  async openAll(part) {
    const closed = part.locator("[aria-expanded=false]");
    while (await closed.count() > 0) await closed.first().click();
  }

  /** The step that says this. @param {string | RegExp} text */
  step(text) { return this.steps.filter({ hasText: text }); }

  /** The word that tells how the newest command stands. */
  get verdict() { return this.commands.last().locator(".badge"); }

  /** What the activity pane shows, line by line, without the ages, which change by themselves. @returns {Promise<{ seq: number, text: string }[]>} */
  shown() {
    return this.steps.evaluateAll((rows) => rows.map((row) => {
      const copy = /** @type {HTMLElement} */ (row.cloneNode(true));
      for (const age of copy.querySelectorAll("time")) age.remove();
      return { seq: Number(row.getAttribute("data-seq")), text: (copy.textContent ?? "").replace(/\s+/g, " ").trim() };
    }));
  }

  /** Writes down what is said aloud from now on; what it gives back tells it. */
  async listen() {
    await this.page.getByTestId("announcer").evaluate((said) => {
      const heard = /** @type {any} */ (window).heard = /** @type {string[]} */ ([]);
      new MutationObserver(() => heard.push(said.textContent ?? "")).observe(said, { childList: true, characterData: true, subtree: true });
    });
    return () => this.page.evaluate(() => /** @type {any} */ (window).heard.join("\n"));
  }

  /** What the chat shows: who said what. @returns {Promise<string[]>} */
  said() {
    return this.messages.evaluateAll((rows) => rows.map((row) => `${row.getAttribute("data-role")}: ${row.querySelector(".plain, .md")?.textContent?.trim()}`));
  }

  /** What has more in it than fits its width, though it should not scroll sideways. @returns {Promise<string[]>} */
  tooWide() {
    return this.page.evaluate(() => [document.documentElement, ...document.querySelectorAll("body, .app, .topbar, .pane, .pane-head, .pane-body, .dialog")]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => `${box.tagName.toLowerCase()}.${box.className} by ${box.scrollWidth - box.clientWidth}`));
  }
}
