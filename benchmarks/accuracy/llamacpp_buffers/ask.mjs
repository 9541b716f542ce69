// Asks llama.cpp what a GGUF file needs under several settings, without allocating anything (CPU backend).
//
//   node ask.mjs model.gguf '[{"context": 8192, "batch": 512, "slots": 1, "flash": true, "k": "F16", "v": "F16"}]'
//
// Prints one JSON array: bytes of the weights, and of cache and compute buffer together, for each of the settings.
import {getLlama, GgmlType, GgufInsights, LlamaLogLevel, readGgufFileInfo} from "node-llama-cpp";

const [file, settings] = process.argv.slice(2);
const said = [];
const llama = await getLlama({
    gpu: false,
    build: "never",
    logLevel: LlamaLogLevel.debug,
    logger: (_, text) => said.push(text)
});
const model = await GgufInsights.from(await readGgufFileInfo(file), llama);
const weights = (await model.estimateModelResourceRequirementsV2({gpuLayers: 0, useMmap: true})).cpuRam;
const found = [];
for (const one of JSON.parse(settings)) {
    const before = said.length;
    const context = await model.estimateContextResourceRequirementsV2({
        contextSize: one.context,
        batchSize: one.batch,
        sequences: one.slots,
        flashAttention: one.flash,
        swaFullCache: one.whole ?? false,
        kvCacheKeyType: GgmlType[one.k],
        kvCacheValueType: GgmlType[one.v],
        modelGpuLayers: 0,
        useMmap: true
    });
    // Where the file does not load, the package falls back on a formula of its own, which is not what is asked for.
    const engine = said.slice(before).some((text) => text.includes("Simulating"));
    found.push({weights, context: context.cpuRam, engine});
}
console.log(JSON.stringify(found));
process.exit(0);
