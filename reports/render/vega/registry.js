globalThis.vega = (() => {
const modules = {};
const names = [];
const require = (name) => {
  if (!(name in modules)) throw new Error(`Vega's module ${name} is not part of this bundle`);
  return modules[name];
};
const define = (name, factory) => {
  const module = { exports: {} };
  factory(require, module, module.exports);
  modules[name] = module.exports;
  names.push(name);
};
