// Words are looked for in the whole log; "3 of 17" tells where one is, and two buttons, or Enter, go on.

import { html, useEffect, useRef, useState } from "../lib.js";
import { firstSeqInSight } from "../focus.js";
import { endSearch, moveHit, search } from "../lookup.js";
import { HITS_MAX } from "../search.js";
import { view } from "../store.js";
import { Icon } from "./icon.js";

/** Who is still typing is not searched for yet. */
const PAUSE_MS = 250;
/** The server takes no more. */
const LENGTH_MAX = 200;

export function SearchBar() {
  const held = view.value.search;
  const [text, setText] = useState(held?.q ?? "");
  const from = useRef(0);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const isCurrent = held !== null && held.q === text;

  useEffect(() => {
    if (isCurrent || (!held && !text.trim())) return;
    const timer = setTimeout(() => void search(text, from.current), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  // A filter that was set ends the search; the words go with it.
  const hadSearch = useRef(false);
  useEffect(() => {
    if (hadSearch.current && !held) setText("");
    hadSearch.current = held !== null;
  }, [held === null]);

  const end = () => {
    setText("");
    endSearch();
  };
  /** @param {any} event */
  const type = ({ target }) => {
    // The place to begin at is where the reader was, not where the last letter has led.
    if (!text) from.current = firstSeqInSight();
    setText(target.value);
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      if (text) end();
      else input.current?.blur();
    } else if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey) ? -1 : 1;
      if (isCurrent) moveHit(step);
      else if (event.key === "Enter") void search(text, from.current);
    } else return;
    event.preventDefault();
  };
  const canMove = isCurrent && held.hits.length > 0;
  return html`
    <div class="search" role="search" data-active=${text !== "" || undefined}>
      <${Icon} name="search" />
      <input id="search-steps" ref=${input} type="text" enterkeyhint="search" autocomplete="off" spellcheck="false" maxlength=${LENGTH_MAX} aria-label="Search the steps"
        aria-keyshortcuts="/" placeholder="Search the steps" value=${text} onInput=${type} onKeyDown=${key} />
      <span class="search-count" role="status">${text.trim() && countWords(isCurrent ? held : null)}</span>
      ${text && html`
        <button type="button" class="icon-button" aria-label="Previous hit" title="Previous hit (Shift Enter)" disabled=${!canMove} onClick=${() => moveHit(-1)}><${Icon} name="up" /></button>
        <button type="button" class="icon-button" aria-label="Next hit" title="Next hit (Enter)" disabled=${!canMove} onClick=${() => moveHit(1)}><${Icon} name="down" /></button>
        <button type="button" class="icon-button" aria-label="End the search" title="End the search (Esc)" onClick=${() => { end(); input.current?.focus(); }}><${Icon} name="close" /></button>`}
    </div>`;
}

/** @param {import("../search.js").Search | null} held */
function countWords(held) {
  if (!held) return "…";
  if (held.problem) return html`<span class="search-problem" title=${held.problem}>failed</span>`;
  const { hits, at, isBusy, isCut } = held;
  if (hits.length === 0) return isBusy ? "…" : "nothing found";
  const all = isCut ? `${HITS_MAX.toLocaleString("en")}+` : hits.length.toLocaleString("en");
  return `${(at + 1).toLocaleString("en")} of ${all}${isBusy ? "…" : ""}`;
}
