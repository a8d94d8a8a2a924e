// torch::data's loaders: the batches of a dataset in the order of a sampler, made here or ahead of time by worker threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <thread>

#include "facula/data/samplers.h"
#include "facula/nn/options.h"

namespace facula {
namespace data {

struct DataLoaderOptions {
  DataLoaderOptions() = default;
  DataLoaderOptions(std::size_t batch_size) : batch_size_(batch_size) {}
  TORCH_ARG(std::size_t, batch_size) = 1;
  TORCH_ARG(std::size_t, workers) = 0;
  TORCH_ARG(std::optional<std::size_t>, max_jobs);
  TORCH_ARG(std::optional<std::chrono::milliseconds>, timeout);
  TORCH_ARG(bool, enforce_ordering) = true;
  TORCH_ARG(bool, drop_last) = false;
};
struct FullDataLoaderOptions {
  explicit FullDataLoaderOptions(DataLoaderOptions o)
      : batch_size(o.batch_size()), workers(o.workers()), max_jobs(o.max_jobs().value_or(2 * workers)), timeout(o.timeout()),
        enforce_ordering(o.enforce_ordering()), drop_last(o.drop_last()) {}
  std::size_t batch_size, workers, max_jobs;
  std::optional<std::chrono::milliseconds> timeout;
  bool enforce_ordering, drop_last;
};

// What a dataset threw in a worker thread, thrown again where the batch was asked for.
struct WorkerException : std::exception {
  explicit WorkerException(std::exception_ptr original) : original_exception(std::move(original)) {
    try {
      std::rethrow_exception(original_exception);
    } catch (const std::exception& e) {
      message = std::string("Caught exception in DataLoader worker thread. Original message: ") + e.what();
    } catch (...) {
    }
  }
  const char* what() const noexcept override { return message.c_str(); }
  std::string message = "Caught exception in DataLoader worker thread.";
  std::exception_ptr original_exception;
};

// Reads one batch after the other; the first when it is first looked at. Equal to end() when there are no more.
template <class Batch>
class Iterator {
 public:
  using difference_type = std::ptrdiff_t;
  using value_type = Batch;
  using pointer = Batch*;
  using reference = Batch&;
  using iterator_category = std::input_iterator_tag;
  using Producer = std::function<std::optional<Batch>()>;

  Iterator() = default;  // the end
  explicit Iterator(Producer next) : state_(std::make_shared<State>(State{std::move(next), {}, false})) {}
  Iterator& operator++() {
    if (!state_) fail("Incrementing the DataLoader's past-the-end iterator is not allowed");
    if (!has_batch()) fail("Attempted to increment iterator past the end");
    state_->batch = state_->next();
    return *this;
  }
  Batch& operator*() {
    if (!state_) fail("Dereferencing the DataLoader's past-the-end iterator is not allowed");
    if (!has_batch()) fail("Attempted to dereference iterator that was past the end");
    return *state_->batch;
  }
  Batch* operator->() { return &**this; }
  bool operator==(const Iterator& o) const { return state_ == o.state_ || (!o.has_batch() && !has_batch()); }
  bool operator!=(const Iterator& o) const { return !(*this == o); }

 private:
  struct State {
    Producer next;
    std::optional<Batch> batch;
    bool started;
  };
  bool has_batch() const {
    if (!state_) return false;
    if (!state_->started) {
      state_->started = true;
      state_->batch = state_->next();
    }
    return state_->batch.has_value();
  }
  std::shared_ptr<State> state_;
};

// Numbered jobs for the workers, and what became of them: in the order of the jobs, or as they finish.
template <class Dataset, class Batch, class BatchRequest>
class DataLoaderBase {
 public:
  using BatchType = Batch;
  using BatchRequestType = BatchRequest;

  explicit DataLoaderBase(DataLoaderOptions options, std::unique_ptr<Dataset> own = nullptr)
      : options_(options), main_thread_dataset_(std::move(own)) {}
  DataLoaderBase(const DataLoaderBase&) = delete;
  DataLoaderBase& operator=(const DataLoaderBase&) = delete;
  virtual ~DataLoaderBase() { join(); }

  Iterator<Batch> begin() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (taken_ != given_) fail("Attempted to get a new DataLoader iterator while another iterator is not yet exhausted");
    }
    reset();
    return Iterator<Batch>([this] { return next(); });
  }
  Iterator<Batch> end() { return {}; }
  void join() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    jobs_changed_.notify_all();
    for (std::thread& t : workers_) t.join();
    workers_.clear();
  }
  const FullDataLoaderOptions& options() const noexcept { return options_; }

 protected:
  virtual std::optional<BatchRequest> get_batch_request() = 0;
  virtual void reset() {
    given_ = taken_ = 0;
    done_.clear();
    prefetch(options_.max_jobs);
  }
  void worker_thread(Dataset& dataset) {
    while (true) {
      std::unique_lock<std::mutex> lock(mutex_);
      jobs_changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
      if (stop_) return;
      auto [number, request] = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      Done done;
      try {
        done.batch = dataset.get_batch(std::move(request));
      } catch (...) {
        done.exception = std::current_exception();
      }
      lock.lock();
      done_[options_.enforce_ordering ? number : finished_++] = std::move(done);
      done_changed_.notify_all();
    }
  }

  const FullDataLoaderOptions options_;
  std::unique_ptr<Dataset> main_thread_dataset_;
  std::vector<std::thread> workers_;

 private:
  struct Done {
    std::optional<Batch> batch;
    std::exception_ptr exception;
  };
  void prefetch(std::size_t n) {
    for (; n > 0 && options_.workers > 0; --n) {
      std::optional<BatchRequest> request = get_batch_request();
      if (!request) return;
      std::lock_guard<std::mutex> lock(mutex_);
      if (given_ == 0) finished_ = 0;
      jobs_.emplace_back(given_++, std::move(*request));
      jobs_changed_.notify_one();
    }
  }
  std::optional<Batch> next() {
    if (options_.workers == 0) {
      std::optional<BatchRequest> request = get_batch_request();
      if (!request) return std::nullopt;
      return main_thread_dataset_->get_batch(std::move(*request));
    }
    while (true) {
      std::unique_lock<std::mutex> lock(mutex_);
      if (taken_ == given_) return std::nullopt;
      const auto ready = [this] { return done_.count(taken_) != 0; };
      if (!options_.timeout) done_changed_.wait(lock, ready);
      else if (!done_changed_.wait_for(lock, *options_.timeout, ready))
        fail("Timeout in DataLoader queue while waiting for next batch (timeout was " + std::to_string(options_.timeout->count()) + " ms)");
      Done done = std::move(done_[taken_]);
      done_.erase(taken_++);
      lock.unlock();
      if (done.exception) throw WorkerException(done.exception);
      if (!done.batch) continue;  // a stateful dataset is through: the other workers' batches are still to come
      prefetch(1);
      return std::move(done.batch);
    }
  }

  std::mutex mutex_;
  std::condition_variable jobs_changed_, done_changed_;
  std::deque<std::pair<std::size_t, BatchRequest>> jobs_;
  std::map<std::size_t, Done> done_;
  std::size_t given_ = 0, taken_ = 0, finished_ = 0;
  bool stop_ = false;
};

// Every worker has a copy of the dataset.
template <class Dataset, class Sampler>
class StatelessDataLoader
    : public DataLoaderBase<Dataset, typename Dataset::BatchType, typename Sampler::BatchRequestType> {
 public:
  using super = DataLoaderBase<Dataset, typename Dataset::BatchType, typename Sampler::BatchRequestType>;
  using typename super::BatchRequestType;
  StatelessDataLoader(Dataset dataset, Sampler sampler, DataLoaderOptions options)
      : super(options), sampler_(std::move(sampler)) {
    for (std::size_t w = 0; w < this->options_.workers; ++w)
      this->workers_.emplace_back([this, dataset]() mutable { this->worker_thread(dataset); });
    if (this->options_.workers == 0) this->main_thread_dataset_ = std::make_unique<Dataset>(std::move(dataset));
  }
  ~StatelessDataLoader() override { this->join(); }

 private:
  void reset() override {
    sampler_.reset(std::nullopt);
    super::reset();
  }
  std::optional<BatchRequestType> get_batch_request() override {
    std::optional<BatchRequestType> batch = sampler_.next(this->options_.batch_size);
    if (batch && this->options_.drop_last && batch->size() < this->options_.batch_size) return std::nullopt;
    return batch;
  }
  Sampler sampler_;
};

// All workers share the one dataset, which keeps count by itself.
template <class Dataset>
class StatefulDataLoader
    : public DataLoaderBase<Dataset, typename Dataset::BatchType::value_type, typename Dataset::BatchRequestType> {
 public:
  using super = DataLoaderBase<Dataset, typename Dataset::BatchType::value_type, typename Dataset::BatchRequestType>;
  using typename super::BatchRequestType;
  StatefulDataLoader(Dataset dataset, DataLoaderOptions options)
      : super(options, std::make_unique<Dataset>(std::move(dataset))) {
    for (std::size_t w = 0; w < this->options_.workers; ++w)
      this->workers_.emplace_back([this] { this->worker_thread(*this->main_thread_dataset_); });
  }
  ~StatefulDataLoader() override { this->join(); }

 private:
  void reset() override {
    this->main_thread_dataset_->reset();
    super::reset();
  }
  std::optional<BatchRequestType> get_batch_request() override { return this->options_.batch_size; }
};

template <class Dataset, class Sampler>
std::enable_if_t<!Dataset::is_stateful, std::unique_ptr<StatelessDataLoader<Dataset, Sampler>>> make_data_loader(
    Dataset dataset, Sampler sampler, DataLoaderOptions options) {
  return std::make_unique<StatelessDataLoader<Dataset, Sampler>>(std::move(dataset), std::move(sampler), options);
}
template <class Sampler = samplers::RandomSampler, class Dataset>
std::enable_if_t<!Dataset::is_stateful && std::is_constructible_v<Sampler, std::size_t>,
                 std::unique_ptr<StatelessDataLoader<Dataset, Sampler>>>
make_data_loader(Dataset dataset, DataLoaderOptions options = DataLoaderOptions()) {
  const std::optional<std::size_t> size = dataset.size();
  if (!size) fail("Expected the dataset to be sized in order to construct the Sampler");
  return make_data_loader(std::move(dataset), Sampler(*size), options);
}
template <class Dataset, class = std::enable_if_t<Dataset::is_stateful>>
std::unique_ptr<StatefulDataLoader<Dataset>> make_data_loader(Dataset dataset, DataLoaderOptions options = DataLoaderOptions()) {
  return std::make_unique<StatefulDataLoader<Dataset>>(std::move(dataset), options);
}

}  // namespace data
}  // namespace facula
