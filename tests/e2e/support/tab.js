// A tab that is not looked at, and one that the browser has frozen. A browser without a window neither hides nor freezes
// a page, so the first is what the page is told, and the second is done by stopping its scripts as a debugger does.

/** Says to the page whether a person looks at it. @param {import("@playwright/test").Page} page @param {boolean} isSeen */
export function look(page, isSeen) {
  return page.evaluate((seen) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => !seen });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => seen ? "visible" : "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isSeen);
}

/** Nothing in the page runs any more until the function that is given back is called. @param {import("@playwright/test").Page} page */
export async function freeze(page) {
  const devtools = await page.context().newCDPSession(page);
  const paused = new Promise((done) => devtools.once("Debugger.paused", done));
  await devtools.send("Debugger.enable");
  await devtools.send("Debugger.pause");
  await paused;
  return async () => {
    await devtools.send("Debugger.resume");
    await devtools.detach();
  };
}
