// Above the steps: search, filter, take along; and below that what is filtered.

import { html } from "../lib.js";
import { FilterChips } from "./filter-chips.js";
import { FilterMenu } from "./filter-menu.js";
import { SearchBar } from "./search-bar.js";
import { TakeMenu } from "./take-menu.js";

export function ActivityToolbar() {
  return html`
    <div class="toolbar"><${SearchBar} /><${FilterMenu} /><${TakeMenu} /></div>
    <${FilterChips} />`;
}
