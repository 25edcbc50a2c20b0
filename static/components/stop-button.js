// Stop, and "Stopping…" until it has.

import { html } from "../lib.js";
import { sendMessage, stopCommand } from "../actions.js";
import { stopping, view } from "../store.js";
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

/** Ends the reply that is being written: said like anything else, so that the conversation shows it. */
export function StopWriting() {
  const sends = view.value.outbox.some((item) => !item.problem);
  return html`
    <button type="button" class="button danger stop" disabled=${sends} title="Stop: the reply that is being written" onClick=${() => sendMessage("Stop")}>
      <${Icon} name="stop" />Stop</button>`;
}
