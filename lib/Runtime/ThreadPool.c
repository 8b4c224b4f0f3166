//===- ThreadPool.c - A few persistent threads ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Each thread always gets the same contiguous part of a layer. Between layers
/// a thread polls for some microseconds, because the next layer follows at once
/// in a running model, and then sleeps.
///
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Runtime.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

/// A thread of the pool other than the caller.
typedef struct Worker {
  qo_pool *pool;
  pthread_t thread;
  int index; /* from 1; the caller is 0 */
} Worker;

struct qo_pool {
  int threads;
  int spins; /* polls before sleeping */
  int started;
  Worker *workers;
  // The current job, written before `epoch` moves on.
  qo_task task;
  void *context;
  int64_t count;
  int stop;
  // What threads poll is on lines of its own: writing the other fields must not
  // take the lines away from them.
  _Alignas(CACHE_LINE) atomic_uint epoch;  /* number of jobs published so far */
  _Alignas(CACHE_LINE) atomic_int pending; /* workers not done with the job */
  _Alignas(CACHE_LINE) atomic_int asleep;  /* workers at or near `wake` */
  atomic_int waiting;                      /* the caller is at or near `done` */
  pthread_mutex_t mutex;
  pthread_cond_t wake, done;
};

/// Tells the processor that this is a polling loop.
static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/// Runs part `index` of the current job. The first `count % threads` parts get
/// one item more.
static void runPart(const qo_pool *pool, int64_t index) {
  int64_t share = pool->count / pool->threads;
  int64_t extra = pool->count % pool->threads;
  int64_t begin = index * share + (index < extra ? index : extra);
  int64_t end = begin + share + (index < extra);
  if (begin < end)
    pool->task(pool->context, begin, end);
}

/// Returns when a job after number `seen` is published.
static void awaitJob(qo_pool *pool, unsigned seen) {
  for (int i = 0; i < pool->spins; ++i) {
    if (atomic_load(&pool->epoch) != seen)
      return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  // Announced before the last look at `epoch`: the caller, which moves `epoch`
  // and then reads `asleep`, cannot miss this thread.
  atomic_fetch_add(&pool->asleep, 1);
  while (atomic_load(&pool->epoch) == seen)
    pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->asleep, 1);
  pthread_mutex_unlock(&pool->mutex);
}

/// Publishes the job in the pool's fields.
static void publish(qo_pool *pool) {
  atomic_store(&pool->pending, pool->started);
  atomic_fetch_add(&pool->epoch, 1);
  if (!atomic_load(&pool->asleep))
    return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/// Notes that a worker has finished its part.
static void finish(qo_pool *pool) {
  if (atomic_fetch_sub(&pool->pending, 1) != 1 || !atomic_load(&pool->waiting))
    return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_signal(&pool->done);
  pthread_mutex_unlock(&pool->mutex);
}

/// Returns when all workers have finished.
static void awaitWorkers(qo_pool *pool) {
  for (int i = 0; i < pool->spins; ++i) {
    if (!atomic_load(&pool->pending))
      return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->waiting, 1);
  while (atomic_load(&pool->pending))
    pthread_cond_wait(&pool->done, &pool->mutex);
  atomic_store(&pool->waiting, 0);
  pthread_mutex_unlock(&pool->mutex);
}

/// The body of a worker's thread.
static void *work(void *data) {
  Worker *worker = data;
  qo_pool *pool = worker->pool;
  for (unsigned seen = 0;; ++seen) {
    awaitJob(pool, seen);
    if (pool->stop)
      return NULL;
    runPart(pool, worker->index);
    finish(pool);
  }
}

/// Returns how often to poll before sleeping: never when there are more threads
/// than processors, because then polling keeps another thread from its work.
static int chooseSpins(int threads) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) < threads)
    return 0;
  return 2000;
}

qo_pool *qo_pool_create(int threads) {
  if (threads < 1 || threads > QO_MAX_THREADS)
    return NULL;
  qo_pool *pool = aligned_alloc(CACHE_LINE, sizeof(*pool));
  if (!pool)
    return NULL;
  memset(pool, 0, sizeof(*pool));
  pool->threads = threads;
  pool->spins = chooseSpins(threads);
  pool->workers = calloc((size_t)threads, sizeof(Worker));
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  if (!pool->workers) {
    qo_pool_destroy(pool);
    return NULL;
  }
  for (int i = 1; i < threads; ++i) {
    Worker *worker = &pool->workers[i];
    worker->pool = pool;
    worker->index = i;
    if (pthread_create(&worker->thread, NULL, work, worker)) {
      qo_pool_destroy(pool);
      return NULL;
    }
    ++pool->started;
  }
  return pool;
}

void qo_pool_destroy(qo_pool *pool) {
  if (!pool)
    return;
  pool->stop = 1;
  publish(pool);
  for (int i = 1; i <= pool->started; ++i)
    pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->workers);
  free(pool);
}

void qo_pool_run(void *data, int64_t count, qo_task task, void *context) {
  qo_pool *pool = data;
  if (!pool || pool->threads == 1 || count <= 1) {
    if (count > 0)
      task(context, 0, count);
    return;
  }
  pool->task = task;
  pool->context = context;
  pool->count = count;
  publish(pool);
  runPart(pool, 0);
  awaitWorkers(pool);
}
