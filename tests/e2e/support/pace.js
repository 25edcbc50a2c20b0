// How a page keeps pace: the time from one frame to the next and how long its tasks took, and, to compare with, how much
// longer than as a rule the machine takes for the same work.

/** How often the fixed piece of work is done: for some seconds, as long as what it is compared with. */
const ROUNDS = 400;

/** Looks at every frame and every long task, inside the page. It keeps what it saw for `take`. */
export function watch() {
  /** @type {any} */ (window).seen = { gaps: [], tasks: [] };
  let last = performance.now();
  const seen = () => /** @type {any} */ (window).seen;
  const frame = (/** @type {number} */ at) => {
    seen().gaps.push(at - last);
    last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen().tasks.push(duration);
  }).observe({ type: "longtask" });
}

/**
 * What was seen since the last time: the times between frames, and for each frame a task. A browser tells only of tasks over
 * 50 ms; the others are counted as 0.
 * @param {import("@playwright/test").Page} page @returns {Promise<{ gaps: number[], tasks: number[] }>}
 */
export async function take(page) {
  const { gaps, tasks } = await page.evaluate(() => {
    const { seen } = /** @type {any} */ (window);
    /** @type {any} */ (window).seen = { gaps: [], tasks: [] };
    return seen;
  });
  const short = Array.from({ length: Math.max(0, gaps.length - tasks.length) }, () => 0);
  return { gaps, tasks: [...short, ...tasks] };
}

/**
 * The same small piece of work many times over in an empty page: how long it takes as a rule, and at most, in ms.
 * @param {import("@playwright/test").BrowserContext} context @returns {Promise<{ usual: number, longest: number }>}
 */
export async function byItself(context) {
  const page = await context.newPage();
  const times = await page.evaluate(async (rounds) => {
    let x = 0;
    const work = () => { for (let i = 0; i < 5e5; i++) x = (Math.imul(x, 1103515245) + 12345 + i) | 0; };
    for (let i = 0; i < 50; i++) work();
    const all = [];
    for (let i = 0; i < rounds; i++) {
      const start = performance.now();
      work();
      all.push(performance.now() - start);
      await new Promise((done) => setTimeout(done));
    }
    return all.sort((a, b) => a - b);
  }, ROUNDS);
  await page.close();
  return { usual: times[times.length >> 1], longest: times[times.length - 1] };
}
