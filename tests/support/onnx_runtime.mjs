// Computes ONNX graphs with onnxruntime-web, on one thread: node onnx_runtime.mjs DIST JOBS
// DIST is the package's folder dist/; JOBS a JSON file: [{"model", "input", "output", "shape"}, …]. Files of inputs and
// outputs hold float32 values.
import {readFileSync, writeFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const [dist, jobs] = process.argv.slice(2);
const ort = await import(pathToFileURL(`${dist}/ort.node.min.mjs`));
ort.env.wasm.numThreads = 1;
for (const {model, input, output, shape} of JSON.parse(readFileSync(jobs))) {
  const session = await ort.InferenceSession.create(model);
  const bytes = readFileSync(input);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const results = await session.run({[session.inputNames[0]]: new ort.Tensor("float32", values, shape)});
  writeFileSync(output, Buffer.from(results[session.outputNames[0]].data.buffer));
  await session.release();
}
