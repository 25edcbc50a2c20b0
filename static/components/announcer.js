// The one place that speaks to a screen reader by itself.

import { html, useEffect, useRef, useState } from "../lib.js";
import { look, news } from "../announcements.js";
import { currentId, view } from "../store.js";

export function Announcer() {
  const [text, setText] = useState("");
  const before = useRef(look(null, view.value));
  const id = currentId.value;
  const { executions, messages, messagesLoaded, flow } = view.value;
  useEffect(() => {
    const now = look(id, view.value);
    const said = news(before.current, now, view.value);
    before.current = now;
    if (said) setText(said);
  }, [id, executions, messages, messagesLoaded, flow]);
  return html`<p class="sr-only" role="status" data-testid="announcer">${text}</p>`;
}
