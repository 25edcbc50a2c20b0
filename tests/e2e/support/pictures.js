// Takes the pictures in docs/images of the real program at work on a real checkout: `scripts/screenshots`.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, expect } from "@playwright/test";
import { CHROMIUM } from "./chromium.js";
import { makeCheckout } from "./checkout.js";
import { Demo } from "./demo.js";
import { Desk } from "./desk.js";
import { Server } from "./server.js";

const IMAGES = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const LAPTOP = { viewport: { width: 1440, height: 960 }, deviceScaleFactor: 1, locale: "en-GB" };
const PHONE = { viewport: { width: 390, height: 800 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: "en-GB" };

// A folder of a name that may be seen, and one that is not.
const projects = join(tmpdir(), "projects");
const hidden = mkdtempSync(join(tmpdir(), "pm-pictures-"));
mkdirSync(projects);
mkdirSync(IMAGES, { recursive: true });

const demo = new Demo(join(projects, "meadow-tea"), hidden);
// What npm is set to on this machine has nothing to say in a picture.
const settings = { npm_config_userconfig: join(hidden, "npmrc"), npm_config_update_notifier: "false" };
const server = await new Server({ data: join(hidden, "data"), cwd: demo.path, settings }).start();
const browser = await chromium.launch(CHROMIUM);
try {
  await takeAll();
} finally {
  await browser.close();
  await server.stop();
  for (const folder of [projects, hidden]) rmSync(folder, { recursive: true });
}

async function takeAll() {
  const page = await browser.newPage({ ...LAPTOP, colorScheme: "light" });
  const desk = new Desk(page);
  await page.goto(server.url);
  await expect(desk.chat.getByRole("button", { name: "Use as first project" })).toBeVisible();
  await take(page, "empty.png");

  await server.createProject("Invoices", makeCheckout(join(projects, "invoices"), { "README.md": "# Invoices\n" }));
  await server.createProject("Company website", makeCheckout(join(projects, "website"), { "README.md": "# Website\n" }));
  const { id } = await server.createProject("Meadow Tea", demo.path);
  await desk.open(server, id);
  await desk.say("Analyze the codebase");
  await expect(desk.messages).toHaveCount(3);
  await desk.say("Now run the checks");
  await expect(desk.activity).toContainText("names the order");
  await take(page, "light.png");
  await page.emulateMedia({ colorScheme: "dark" });
  await take(page, "dark.png");

  const phone = await browser.newPage({ ...PHONE, colorScheme: "light" });
  const there = new Desk(phone);
  await there.open(server, id);
  await phone.getByRole("tab", { name: "Activity" }).tap();
  await expect(there.activity).toContainText("names the order");
  await take(phone, "phone.png");

  demo.finish();
  await expect(desk.verdict).toHaveText("done");
}

/** @param {import("@playwright/test").Page} page @param {string} name */
async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(IMAGES, name), animations: "disabled", caret: "hide" });
  console.log(`docs/images/${name}`);
}
