"""llama.cpp on a model file, as `yinju bench generate` measures ours: medians of five prompts that share no
prefix, greedy, the same number of threads. Needs `pip install llama-cpp-python`, which builds llama.cpp.

    python generate.py FILE.gguf [PROMPTS=512,2048] [DECODE=32] [THREADS=2]
"""

import json
import random
import resource
import statistics
import sys
import time

from llama_cpp import Llama

RUNS = 5
file = sys.argv[1]
prompts = [int(n) for n in (sys.argv[2] if len(sys.argv) > 2 else "512,2048").split(",")]
decode = int(sys.argv[3]) if len(sys.argv) > 3 else 32
threads = int(sys.argv[4]) if len(sys.argv) > 4 else 2

start = time.perf_counter()
model = Llama(file, n_ctx=max(prompts) + decode + 8, n_threads=threads, n_threads_batch=threads, n_batch=512, verbose=False)
load = time.perf_counter() - start
random.seed(1)
prefill, written = {}, {}
for length in prompts:
    read, wrote = [], []
    for _ in range(RUNS):
        tokens = [random.randrange(1000, 20000) for _ in range(length)]
        model.reset()
        start = time.perf_counter()
        model.eval(tokens)
        read.append(length / (time.perf_counter() - start))
        start = time.perf_counter()
        for _ in range(decode):
            model.eval([model.sample(temp=0.0)])
        wrote.append(decode / (time.perf_counter() - start))
    prefill[length], written[length] = round(statistics.median(read), 1), round(statistics.median(wrote), 1)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
print(json.dumps({"load_s": round(load, 3), "prefill_tok_s": prefill, "decode_tok_s": written, "peak_rss_mb": peak}))
