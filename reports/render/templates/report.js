"use strict";
(() => {
  const root = document.documentElement;
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const views = new Map();

  const variable = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const palette = () => Array.from({ length: 10 }, (_, i) => variable(`--series-${i}`));

  function themeConfig() {
    const text = variable("--muted");
    const font = variable("--sans");
    return {
      background: null,
      view: { stroke: null },
      axis: {
        labelColor: text, titleColor: text, labelFont: font, titleFont: font, labelFontSize: 11, titleFontSize: 11,
        titleFontWeight: 500, titlePadding: 10, labelPadding: 6, gridColor: variable("--line"), gridOpacity: 0.8,
        domainColor: variable("--line-strong"), tickColor: variable("--line-strong"), ticks: false,
      },
      axisLeft: { domain: false },
    };
  }

  // Scale "colour" comes with numbers of colours; which colours they are is the theme's business.
  function themed(spec) {
    const colours = palette();
    for (const scale of spec.scales || [])
      if (scale.name === "colour") scale.range = scale.range.map((index) => colours[index % colours.length]);
    return spec;
  }

  function draw(place) {
    const width = Math.floor(place.clientWidth);
    if (typeof vega === "undefined" || width === 0) return;
    const spec = themed(JSON.parse(place.nextElementSibling.textContent));
    spec.width = width;
    spec.description = place.dataset.description ??= place.getAttribute("aria-label");
    views.get(place)?.finalize();
    // Interpreted expressions: the page's security policy allows no code made from text.
    const runtime = vega.parse(spec, themeConfig(), { ast: true });
    const view = new vega.View(runtime, {
      renderer: "svg", container: place, hover: false, expr: vega.expressionInterpreter,
      tooltip: (handler, event, item, value) => { place.title = value == null ? "" : String(value); },
    });
    views.set(place, view);
    view.runAsync().catch((error) => { place.textContent = `This chart could not be drawn: ${error.message}`; });
  }

  const places = [...document.querySelectorAll(".vega")];
  const redraw = () => views.forEach((_, place) => draw(place));

  // Most pages are drawn whole before they are first shown; one of very many charts stays responsive meanwhile.
  const kAtOnce = 12;
  places.slice(0, kAtOnce).forEach(draw);
  const drawFrom = (index) => {
    if (index >= places.length) return;
    draw(places[index]);
    setTimeout(drawFrom, 0, index + 1);
  };
  setTimeout(drawFrom, 0, kAtOnce);

  let pending = 0;
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(pending);
    pending = setTimeout(redraw, 150);
  });
  systemDark.addEventListener("change", redraw);

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("rraebench-theme", root.dataset.theme);
    } catch (error) {
      // No storage: the choice lasts as long as the page.
    }
    redraw();
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
