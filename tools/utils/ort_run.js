#!/usr/bin/env node
// Runs a model in ONNX Runtime on seeded random inputs and stores inputs and
// outputs, so that other programs can be compared with it.
//
// usage: ort_run.js PEERS MODEL.onnx FOLDER [SAMPLES [LOW HIGH]]
//
// PEERS has node_modules/onnxruntime-node. Writes FOLDER/NAME.npy for every
// input and output (other characters than letters and digits become '_'), with
// SAMPLES (default 4) on dimension 0. Float inputs are uniform in [LOW, HIGH)
// (default -1 1), integers cover their range up to 8 bits and [0, 100) above.
'use strict';
const fs = require('fs');
const path = require('path');

const TYPES = {
  float32: [Float32Array, '<f4'], uint8: [Uint8Array, '|u1'], int8: [Int8Array, '|i1'],
  int32: [Int32Array, '<i4'], int64: [BigInt64Array, '<i8'],
};

// Uniform numbers in [0, 1): a 32-bit linear congruential generator whose upper
// bits are used.
function makeRandom(seed) {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 40n) / 2 ** 24;
  };
}

function fill(type, count, random, low, high) {
  const data = new TYPES[type][0](count);
  for (let i = 0; i < count; ++i) {
    const u = random();
    if (type === 'float32') data[i] = low + (high - low) * u;
    else if (type === 'uint8') data[i] = Math.floor(u * 256);
    else if (type === 'int8') data[i] = Math.floor(u * 256) - 128;
    else if (type === 'int64') data[i] = BigInt(Math.floor(u * 100));
    else data[i] = Math.floor(u * 100);
  }
  return data;
}

// Writes arrays of one type, joined along dimension 0.
function writeArrays(file, type, dims, arrays) {
  const shape = dims.length ? [dims[0] * arrays.length, ...dims.slice(1)] : [arrays.length];
  let header = `{'descr': '${TYPES[type][1]}', 'fortran_order': False, 'shape': (${shape.join(', ')},)}`;
  header += ' '.repeat(63 - (header.length + 10) % 64) + '\n';
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  const parts = arrays.map(a => Buffer.from(a.buffer, a.byteOffset, a.byteLength));
  fs.writeFileSync(file, Buffer.concat([start, Buffer.from(header), ...parts]));
}

async function main([peers, model, folder, samples = '4', low = '-1', high = '1']) {
  const ort = require(path.resolve(peers, 'node_modules', 'onnxruntime-node'));
  const session = await ort.InferenceSession.create(model, {logSeverityLevel: 3, intraOpNumThreads: 1});
  const random = makeRandom(20240229);
  const collected = new Map();
  const keep = (name, tensor) => {
    if (!collected.has(name)) collected.set(name, {type: tensor.type, dims: tensor.dims, arrays: []});
    collected.get(name).arrays.push(tensor.data);
  };
  for (let i = 0; i < Number(samples); ++i) {
    const feeds = {};
    for (const {name, type, shape} of session.inputMetadata) {
      const dims = shape.map(d => (d > 0 ? d : 1));
      const count = dims.reduce((a, b) => a * b, 1);
      feeds[name] = new ort.Tensor(type, fill(type, count, random, Number(low), Number(high)), dims);
      keep(name, feeds[name]);
    }
    const results = await session.run(feeds);
    for (const name of session.outputNames) keep(name, results[name]);
  }
  fs.mkdirSync(folder, {recursive: true});
  for (const [name, {type, dims, arrays}] of collected)
    writeArrays(path.join(folder, name.replace(/[^A-Za-z0-9]/g, '_') + '.npy'), type, dims, arrays);
}

main(process.argv.slice(2)).catch(error => {
  console.error(`ort_run.js: error: ${error.message}`);
  process.exit(1);
});
