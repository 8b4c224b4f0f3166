//===- ThreadPoolTest.cpp - Tests of the thread pool ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Runtime.h"
#include "gtest/gtest.h"
#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace {
/// Counts how often each item was run, and by which threads.
struct Counts {
  explicit Counts(int64_t count) : runs(count) {}
  std::vector<std::atomic<int>> runs;
  std::mutex mutex;
  std::set<std::pair<int64_t, int64_t>> ranges;
  std::set<std::thread::id> threads;

  static void task(void *context, int64_t begin, int64_t end) {
    auto *self = static_cast<Counts *>(context);
    for (int64_t i = begin; i < end; ++i)
      ++self->runs[i];
    std::lock_guard<std::mutex> lock(self->mutex);
    self->ranges.insert({begin, end});
    self->threads.insert(std::this_thread::get_id());
  }
};

using Ranges = std::set<std::pair<int64_t, int64_t>>;

TEST(ThreadPoolTest, runsEveryItemOnce) {
  for (int threads : {1, 2, 3, 8}) {
    qo_pool *pool = qo_pool_create(threads);
    ASSERT_TRUE(pool);
    for (int64_t count : {0, 1, 2, 3, 7, 8, 9, 1000}) {
      Counts counts(count);
      qo_pool_run(pool, count, Counts::task, &counts);
      for (auto &runs : counts.runs)
        EXPECT_EQ(runs, 1) << threads << " threads, " << count << " items";
    }
    qo_pool_destroy(pool);
  }
}

TEST(ThreadPoolTest, splitsEvenly) {
  qo_pool *pool = qo_pool_create(3);
  ASSERT_TRUE(pool);
  Counts counts(8), few(2);
  qo_pool_run(pool, 8, Counts::task, &counts);
  EXPECT_EQ(counts.ranges, (Ranges{{0, 3}, {3, 6}, {6, 8}}));
  EXPECT_EQ(counts.threads.size(), 3u);
  qo_pool_run(pool, 2, Counts::task, &few);
  EXPECT_EQ(few.ranges, (Ranges{{0, 1}, {1, 2}}));
  qo_pool_destroy(pool);
}

TEST(ThreadPoolTest, runsHereWithoutPool) {
  Counts counts(5);
  qo_pool_run(nullptr, 5, Counts::task, &counts);
  EXPECT_EQ(counts.ranges, (Ranges{{0, 5}}));
  EXPECT_EQ(counts.threads, (std::set{std::this_thread::get_id()}));
}

TEST(ThreadPoolTest, survivesManyJobs) {
  // More threads than this machine is likely to have: they sleep and wake.
  for (int threads : {2, 16}) {
    qo_pool *pool = qo_pool_create(threads);
    ASSERT_TRUE(pool);
    Counts counts(threads);
    for (int i = 0; i < 2000; ++i)
      qo_pool_run(pool, threads, Counts::task, &counts);
    for (auto &runs : counts.runs)
      EXPECT_EQ(runs, 2000);
    qo_pool_destroy(pool);
  }
}

TEST(ThreadPoolTest, wakesSleepers) {
  qo_pool *pool = qo_pool_create(2);
  ASSERT_TRUE(pool);
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    Counts counts(2);
    qo_pool_run(pool, 2, Counts::task, &counts);
    EXPECT_EQ(counts.ranges.size(), 2u);
  }
  qo_pool_destroy(pool);
}

TEST(ThreadPoolTest, refusesImpossibleNumbers) {
  EXPECT_FALSE(qo_pool_create(0));
  EXPECT_FALSE(qo_pool_create(-1));
  EXPECT_FALSE(qo_pool_create(QO_MAX_THREADS + 1));
  qo_pool_destroy(nullptr);
}
} // namespace
