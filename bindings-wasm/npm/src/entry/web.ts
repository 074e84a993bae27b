export * from "../index.js";
export { isLoaded, load } from "../module.js";
