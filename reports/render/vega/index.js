// What Vega's own index.js does: transforms that a specification may name, and all exports in one object.
const { transforms } = require("vega-dataflow");
for (const name of ["vega-transforms", "vega-view-transforms", "vega-encode"]) Object.assign(transforms, require(name));
const all = {};
for (const name of names) Object.assign(all, require(name));
all.transforms = transforms;
return all;
})();
