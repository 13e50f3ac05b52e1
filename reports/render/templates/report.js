"use strict";
(() => {
  const root = document.documentElement;
  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("rraebench-theme", root.dataset.theme);
    } catch (error) {
      // No storage: the choice lasts as long as the page.
    }
  });

  // A click on a column's head sorts its table, a second one the other way round; what was not measured comes last.
  function sortBy(table, column, head) {
    const body = table.tBodies[0];
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const value = (row) => Number(row.cells[column].dataset.sort ?? NaN);
    const rows = [...body.rows].sort((a, b) => {
      const [left, right] = [value(a), value(b)];
      if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) - Number.isNaN(right);
      return descending ? right - left : left - right;
    });
    body.append(...rows);
  }
  for (const table of document.querySelectorAll("table.sortable"))
    table.tHead.rows[1].querySelectorAll("th").forEach((head, index) => {
      const name = head.querySelector(".kind-name");
      const button = document.createElement("button");
      button.className = "sort";
      button.type = "button";
      button.textContent = name.textContent || "⇅";
      button.setAttribute("aria-label", `Sort by ${name.textContent || "this column"}`);
      name.replaceChildren(button);
      button.addEventListener("click", () => sortBy(table, index + 1, head));
    });

  const filter = document.getElementById("filter");
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const element of document.querySelectorAll("[data-model]"))
      element.hidden = wanted !== "" && !element.dataset.model.toLowerCase().includes(wanted);
  });

  // The section in view is marked in the navigation.
  const links = [...document.querySelectorAll("header.bar nav a")];
  if ("IntersectionObserver" in window) {
    const spy = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links) link.classList.toggle("here", link.hash === `#${entry.target.id}`);
      }
    }, { rootMargin: "-20% 0px -70% 0px" });
    for (const link of links) {
      const section = document.getElementById(link.hash.slice(1));
      if (section) spy.observe(section);
    }
  }
})();
