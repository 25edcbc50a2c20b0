// Stop, and "Stopping…" until it has.

import { html } from "../lib.js";
import { stopCommand } from "../actions.js";
import { stopping } from "../store.js";
import { commandWords } from "../words.js";
import { Icon } from "./icon.js";

/** @param {{ running: import("../execution.js").Execution }} props */
export function StopButton({ running }) {
  const wish = stopping.value[running.id];
  const { title } = commandWords(running.command);
  return html`
    <button type="button" class="button danger stop" aria-disabled=${wish ? "true" : undefined} title=${wish ? `${title} is being stopped` : `Stop: ${title}`}
      onClick=${() => stopCommand(running.id)}>
      ${wish ? html`<span class="spinner" aria-hidden="true"></span>Stopping…` : html`<${Icon} name="stop" />Stop`}</button>`;
}
