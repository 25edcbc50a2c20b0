// The way from an empty feed to the reason.

import { html } from "../lib.js";
import { diagnosticsHash } from "../route.js";
import { currentId } from "../store.js";

export function WhyEmpty() {
  return html`<a class="link" href=${diagnosticsHash(currentId.value)}>Why is my feed empty?</a>`;
}
