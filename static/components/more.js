// The way to the lines before or after those that are drawn. For somebody who scrolls there they come by themselves;
// the button is for everyone else, and for when that did not work.

import { html, useEffect, useRef, useState } from "../lib.js";

/** So far before its end a list is continued. */
const AHEAD = "400px 0px";

/** @param {{ words: string, load: () => void | Promise<void>, isAuto: boolean }} props */
export function More({ words, load, isAuto }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const current = useRef(() => {});
  current.current = async () => {
    if (isBusy) return;
    setBusy(true);
    await load();
    setBusy(false);
  };
  useEffect(() => {
    if (!isAuto || !place.current) return;
    const root = place.current.closest(".pane-body");
    const observer = new IntersectionObserver((seen) => { if (seen.at(-1)?.isIntersecting) current.current(); }, { root, rootMargin: AHEAD });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isAuto]);
  return html`<div class="earlier" ref=${place}><button type="button" class="button small quiet" disabled=${isBusy} onClick=${() => current.current()}>
    ${isBusy ? "Loading…" : words}</button></div>`;
}
