// The way to the lines before or after those that are drawn. For somebody who scrolls there they come by themselves;
// the button is for everyone else, and for when that did not work.

import { html, useEffect, useRef, useState } from "../lib.js";

/** So far before its end a list is continued. */
const AHEAD = "800px 0px";
/** Loads that change nothing one sees before it is left to a click: what came may belong to a closed command, or is not drawn yet. */
const VAIN_MAX = 3;

/** @param {{ words: string, load: () => void | Promise<void>, isAuto: boolean, isAfter?: boolean }} props */
export function More({ words, load, isAuto, isAfter = false }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const reached = useRef({ edge: "", times: 0 });
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await load();
    setBusy(false);
  };
  useEffect(() => {
    const root = place.current?.closest(".pane-body");
    if (!isAuto || isBusy || !place.current || !root) return;
    // Looked at anew after each load: a page may be shorter than the way to it.
    const observer = new IntersectionObserver((seen) => {
      const rows = root.querySelectorAll("[data-row]");
      const edge = rows[isAfter ? rows.length - 1 : 0]?.getAttribute("data-seq") ?? "";
      const times = edge === reached.current.edge ? reached.current.times + 1 : 0;
      if (!seen.at(-1)?.isIntersecting || times >= VAIN_MAX) return;
      reached.current = { edge, times };
      void go();
    }, { root, rootMargin: AHEAD });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isAuto, isBusy]);
  return html`<div class="earlier" ref=${place}><button type="button" class="button small quiet" disabled=${isBusy} onClick=${go}>
    ${isBusy ? "Loading…" : words}</button></div>`;
}
