// Asks the server how it fares, part by part, for the page that shows it. Each answer stands for itself: one that does
// not come holds no other up.

import { api } from "./api.js";
import { signal } from "./lib.js";
import { createRefresh } from "./refresh.js";

/** Somebody looks at the page and waits for a change. */
const EVERY_MS = 5_000;

/** @typedef {import("./diagnosis.js").Answer} Answer */
/** The answers by what was asked. @type {import("./vendor/signals-core.js").Signal | any} */
export const answers = signal(/** @type {Record<string, Answer>} */ ({}));

/** Keeps the answers up to date until the function that is given back is called. @param {string | null} projectId */
export function watchServer(projectId) {
  let isOver = false;
  answers.value = {};
  const refresh = createRefresh({ load: () => ask(projectId, () => isOver), everyMs: EVERY_MS, isHidden: () => isOver || document.hidden });
  void refresh.now();
  const look = () => { if (!document.hidden) void refresh.now(); };
  document.addEventListener("visibilitychange", look);
  return () => {
    isOver = true;
    refresh.stop();
    document.removeEventListener("visibilitychange", look);
  };
}

/** @param {string | null} projectId @param {() => boolean} isOver */
async function ask(projectId, isOver) {
  /** @type {Record<string, () => Promise<any>>} */
  const questions = { health: api.health, db: () => api.check("db"), scar: () => api.check("scar"), actors: api.actors };
  if (projectId) Object.assign(questions, { report: () => api.feedReport(projectId), executions: () => api.executionReport(projectId) });
  await Promise.all(Object.entries(questions).map(async ([name, question]) => {
    const from = performance.now();
    const answer = await question().then((value) => ({ value }), (error) => ({ error }));
    if (!isOver()) answers.value = { ...answers.value, [name]: { ...answer, at: Date.now(), ms: performance.now() - from } };
  }));
}
