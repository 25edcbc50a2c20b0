// Ctrl-K: a few letters find a project, a command or an action; arrow keys choose, Enter does it.

import { html, useEffect, useRef, useState } from "../lib.js";
import { find } from "../palette.js";
import { paletteEntries } from "../palette-entries.js";
import { closeDialog } from "../store.js";
import { Icon } from "./icon.js";
import { Modal } from "./modal.js";

export function CommandPalette() {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const found = find(query, paletteEntries());
  const at = Math.min(chosen, found.length - 1);

  useEffect(() => { list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [at, query]);

  const run = (/** @type {number} */ i) => {
    const entry = found[i]?.item;
    if (!entry) return;
    closeDialog();
    entry.run();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.isComposing || found.length === 0) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => setChosen((at + 1) % found.length),
      ArrowUp: () => setChosen((at - 1 + found.length) % found.length),
      PageDown: () => setChosen(Math.min(at + 8, found.length - 1)),
      PageUp: () => setChosen(Math.max(at - 8, 0)),
      Enter: () => run(at),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };
  return html`
    <${Modal} label="Find a project, a command or an action" kind="palette">
      <div class="palette-head">
        <${Icon} name="search" />
        <input type="text" role="combobox" aria-label="Find a project, a command or an action" placeholder="Project, command, action…"
          autocomplete="off" spellcheck="false" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
          aria-activedescendant=${at >= 0 ? `palette-${at}` : undefined} value=${query} onKeyDown=${key}
          onInput=${(/** @type {any} */ e) => { setQuery(e.target.value); setChosen(0); }} />
        <button type="button" class="icon-button" aria-label="Close" onClick=${closeDialog}><${Icon} name="close" /></button>
      </div>
      <ul class="palette-list" id="palette-list" role="listbox" aria-label="What was found" ref=${list}>
        ${found.map(({ item, at: letters }, i) => html`
          ${!query.trim() && item.group !== found[i - 1]?.item.group && html`<li class="palette-group" role="presentation" key=${item.group}>${item.group}</li>`}
          <li class="palette-item" role="option" id=${`palette-${i}`} key=${`${item.group} ${item.id}`} aria-selected=${i === at}
            onClick=${() => run(i)} onPointerMove=${() => setChosen(i)}>
            <${Icon} name=${item.icon} /><span class="palette-label"><${Letters} text=${item.label} at=${letters} /></span>
            ${query.trim() && html`<span class="palette-of">${item.group}</span>`}
          </li>`)}
      </ul>
      ${found.length === 0 && html`<p class="palette-none" role="status">Nothing here is called like that.</p>`}
      <p class="palette-foot"><kbd>↑</kbd> <kbd>↓</kbd> choose, <kbd>Enter</kbd> does it, <kbd>Esc</kbd> closes</p>
    <//>`;
}

/** A name with the letters marked by which it was found. @param {{ text: string, at: number[] }} props */
function Letters({ text, at }) {
  if (at.length === 0) return text;
  return [...text].map((letter, i) => at.includes(i) ? html`<b>${letter}</b>` : letter);
}
