// Asks the server how it is, for the page that shows it.

import { api, words } from "./api.js";
import { signal } from "./lib.js";
import { createRefresh } from "./refresh.js";

/** Somebody looks at the page and waits for a change. */
const EVERY_MS = 5_000;

/** The last report, and what went wrong since. @type {import("./vendor/signals-core.js").Signal | any} */
export const report = signal(/** @type {{ report: any, error: string | null }} */ ({ report: null, error: null }));

/** Keeps the report up to date until the function that is given back is called. */
export function watchReport() {
  let isOver = false;
  const load = async () => {
    const answer = await api.server().then((value) => ({ report: value, error: null }), (error) => ({ report: report.value.report, error: words(error) }));
    if (!isOver) report.value = answer;
  };
  const refresh = createRefresh({ load, everyMs: EVERY_MS, isHidden: () => isOver || document.hidden });
  void refresh.now();
  return () => {
    isOver = true;
    refresh.stop();
  };
}
