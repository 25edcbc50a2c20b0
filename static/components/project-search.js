// Finds a project by a part of its name. Enter opens the first one, Escape shows all again.

import { html } from "../lib.js";
import { Icon } from "./icon.js";

/** @param {{ value: string, onInput: (text: string) => void, onEnter: () => void }} props */
export function ProjectSearch({ value, onInput, onEnter }) {
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key === "Enter") onEnter();
    else if (event.key === "Escape" && value) onInput("");
    else return;
    event.preventDefault();
  };
  return html`
    <div class="project-search" role="search" aria-label="Projects">
      <${Icon} name="search" />
      <input type="text" class="input" value=${value} placeholder="Find a project" aria-label="Find a project" autocomplete="off" spellcheck=${false}
        onInput=${(/** @type {any} */ e) => onInput(e.target.value)} onKeyDown=${key} />
      ${value && html`<button type="button" class="icon-button" aria-label="Show all projects" onClick=${() => onInput("")}><${Icon} name="close" /></button>`}
    </div>`;
}
