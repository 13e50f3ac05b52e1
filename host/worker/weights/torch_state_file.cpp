#include "host/worker/weights/torch_state_file.hpp"

#include "host/common/errors.hpp"

#include <torch/types.h>

#include <algorithm>
#include <caffe2/serialize/inline_container.h>
#include <caffe2/serialize/read_adapter_interface.h>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rraebench {
namespace {

/// What is not such a file; the message goes on after the file's name.
class NotAState : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

constexpr const char* kRemedy = "save it as torch.save(model.state_dict(), FILE) or as safetensors";

class Memory : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit Memory(const std::string& bytes) : bytes_(bytes) {}
  std::size_t size() const override { return bytes_.size(); }
  std::size_t read(std::uint64_t position, void* buffer, std::size_t count,
                   const char* /*what*/) const override {
    if (position > bytes_.size()) return 0;
    const auto given = std::min<std::size_t>(count, bytes_.size() - static_cast<std::size_t>(position));
    std::memcpy(buffer, bytes_.data() + position, given);
    return given;
  }

 private:
  const std::string& bytes_;
};

/// The few things that the pickle of a state_dict is made of.
struct Nothing {};
struct Mark {};
struct Name {
  std::string text;  // "torch FloatStorage"
};
struct Storage {
  torch::ScalarType type;
  std::string key;
};
struct Value;
using Items = std::vector<Value>;
using Entries = std::map<std::string, Value>;
/// Lie in the unpickler, so that one that is nested or memorised a million times costs no more than its
/// bytes.
struct Tuple {
  Items* items;
};
struct Dict {
  Entries* entries;
};
struct Value {
  std::variant<Nothing, Mark, std::int64_t, std::string, Name, Storage, torch::Tensor, Tuple, Dict> content;
};

template <typename Type>
Type& as(Value& value, const char* what) {
  if (auto* found = std::get_if<Type>(&value.content)) return *found;
  throw NotAState(std::string("has something else where ") + what + " should be; " + kRemedy);
}

torch::ScalarType type_of_storage(const std::string& name) {
  static const std::map<std::string, torch::ScalarType> types = {
      {"torch FloatStorage", torch::kFloat32}, {"torch DoubleStorage", torch::kFloat64},
      {"torch HalfStorage", torch::kFloat16},  {"torch BFloat16Storage", torch::kBFloat16},
      {"torch LongStorage", torch::kInt64},    {"torch IntStorage", torch::kInt32},
      {"torch ShortStorage", torch::kInt16},   {"torch CharStorage", torch::kInt8},
      {"torch ByteStorage", torch::kUInt8},    {"torch BoolStorage", torch::kBool}};
  const auto found = types.find(name);
  if (found == types.end()) throw NotAState("has a tensor of a type that is not read: " + name);
  return found->second;
}

std::vector<std::int64_t> numbers_of(Value& value, const char* what) {
  std::vector<std::int64_t> numbers;
  for (auto& item : *as<Tuple>(value, what).items) numbers.push_back(as<std::int64_t>(item, what));
  return numbers;
}

/// The one record of the archive that holds a storage's bytes.
using ReadStorage = std::function<std::string(const std::string& key)>;

/// torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...).
torch::Tensor rebuild_tensor(Items& arguments, const ReadStorage& read_storage) {
  if (arguments.size() < 4) throw NotAState("has a tensor without size or strides");
  const auto& storage = as<Storage>(arguments[0], "a tensor's storage");
  const auto offset = as<std::int64_t>(arguments[1], "a tensor's offset");
  const auto size = numbers_of(arguments[2], "a tensor's size");
  const auto strides = numbers_of(arguments[3], "a tensor's strides");
  const auto bytes = read_storage(storage.key);
  const auto available = static_cast<std::int64_t>(bytes.size() / torch::elementSize(storage.type));
  if (size.size() != strides.size() || offset < 0) throw NotAState("has a tensor of impossible shape");
  std::int64_t last = offset;  // Index of the last element that is touched.
  std::int64_t count = 1;
  for (std::size_t d = 0; d < size.size(); ++d) {
    if (size[d] < 0 || strides[d] < 0 || size[d] > available || strides[d] > available)
      throw NotAState("has a tensor that does not lie within its storage");
    count *= size[d];
    last += std::max<std::int64_t>(size[d] - 1, 0) * strides[d];
    if (last > available || count > available)
      throw NotAState("has a tensor that does not lie within its storage");
  }
  if (count == 0) return torch::empty(size, storage.type);
  if (last >= available) throw NotAState("has a tensor that does not lie within its storage");
  const auto whole =
      torch::from_blob(const_cast<char*>(bytes.data()), {available}, torch::TensorOptions(storage.type));
  return whole.as_strided(size, strides, offset).clone();
}

/// A stack machine of the pickle's opcodes that state_dicts use; names are never looked up, but for tensors
/// and OrderedDict.
class Unpickler {
 public:
  Unpickler(std::string_view pickle, ReadStorage read_storage)
      : pickle_(pickle), read_storage_(std::move(read_storage)) {}

  /// Of the dict that the pickle is; they live as long as this.
  Entries& run() {
    for (;;) {
      const char opcode = next(1)[0];
      if (opcode == '.') return *as<Dict>(top(), "a dict of tensors").entries;
      carry_out(opcode);
    }
  }

 private:
  void carry_out(char opcode) {
    switch (opcode) {
      case '\x80':  // PROTO
        next(1);
        return;
      case '(':
        return push(Mark{});
      case 'N':
        return push(Nothing{});
      case '\x88':
      case '\x89':
        return push(std::int64_t{opcode == '\x88'});
      case 'K':
        return push(number(1));
      case 'M':
        return push(number(2));
      case 'J':
        return push(std::int64_t{static_cast<std::int32_t>(number(4))});
      case '\x8a':
        return push(long_number());
      case 'X':
        return push(std::string(next(static_cast<std::size_t>(number(4)))));
      case 'c':
        return push_name();
      case ')':
        return push_tuple({});
      case '\x85':
      case '\x86':
      case '\x87':
        return push_tuple(last(static_cast<std::size_t>(opcode - '\x85') + 1));
      case 't':
        return push_tuple(since_mark());
      case '}':
        return push_dict();
      case 'q':
        memo_[number(1)] = top();
        return;
      case 'r':
        memo_[number(4)] = top();
        return;
      case 'h':
        return push_memorised(number(1));
      case 'j':
        return push_memorised(number(4));
      case 'Q':
        return push_storage();
      case 'R':
        return reduce();
      case 's':
        return set_items(last(2));
      case 'u':
        return set_items(since_mark());
      case 'b':  // BUILD: what a dict is annotated with.
        pop();
        return;
      default:
        throw NotAState(std::string("is not a dict of tensors; ") + kRemedy);
    }
  }

  std::string_view next(std::size_t count) {
    if (count > pickle_.size() - position_) throw NotAState("ends before its end");
    position_ += count;
    return pickle_.substr(position_ - count, count);
  }

  std::int64_t number(std::size_t width) {
    std::uint64_t value = 0;
    const auto bytes = next(width);
    for (std::size_t i = width; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int64_t>(value);
  }

  std::int64_t long_number() {
    const auto width = static_cast<std::size_t>(number(1));
    if (width == 0) return 0;
    if (width > 8) throw NotAState("has a number of more than 64 bits");
    const auto unused = 64U - 8U * static_cast<unsigned>(width);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(number(width)) << unused) >> unused;
  }

  std::string line() {
    const auto end = pickle_.find('\n', position_);
    if (end == std::string_view::npos) throw NotAState("ends before its end");
    const auto text = next(end - position_);
    next(1);
    return std::string(text);
  }

  void push_name() {
    const auto module = line();
    push(Name{module + " " + line()});
  }

  Value& top() {
    if (stack_.empty()) throw NotAState("is no pickle");
    return stack_.back();
  }

  Value pop() {
    auto value = std::move(top());
    stack_.pop_back();
    return value;
  }

  template <typename Content>
  void push(Content content) {
    stack_.push_back({std::move(content)});
  }

  void push_memorised(std::int64_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) throw NotAState("is no pickle");
    stack_.push_back(found->second);
  }

  void push_tuple(Items items) {
    tuples_.push_back(std::move(items));
    push(Tuple{&tuples_.back()});
  }

  void push_dict() {
    dicts_.emplace_back();
    push(Dict{&dicts_.back()});
  }

  Items since_mark() {
    Items values;
    while (std::get_if<Mark>(&top().content) == nullptr) values.push_back(pop());
    stack_.pop_back();
    std::reverse(values.begin(), values.end());
    return values;
  }

  Items last(std::size_t count) {
    Items values(count);
    for (std::size_t i = count; i-- > 0;) values[i] = pop();
    return values;
  }

  /// ("storage", type, key, device, count)
  void push_storage() {
    auto value = pop();
    auto& parts = *as<Tuple>(value, "a storage").items;
    if (parts.size() < 3) throw NotAState("has a storage without a key");
    push(Storage{type_of_storage(as<Name>(parts[1], "a storage's type").text),
                 as<std::string>(parts[2], "a storage's key")});
  }

  void reduce() {
    auto arguments = pop();
    auto callee = pop();
    const auto& name = as<Name>(callee, "a function").text;
    auto& given = *as<Tuple>(arguments, "arguments").items;
    if (name == "collections OrderedDict") return push_dict();
    if (name == "torch._utils _rebuild_tensor_v2") return push(rebuild_tensor(given, read_storage_));
    const bool is_wrapped =  // A parameter; what torch::pickle_save says of a dict's type.
        name == "torch._utils _rebuild_parameter" || name == "torch.jit._pickle restore_type_tag";
    if (is_wrapped && !given.empty()) {
      stack_.push_back(given[0]);
      return;
    }
    throw NotAState("holds a Python object (" + name + "), not tensors alone; " + kRemedy);
  }

  void set_items(Items items) {
    auto& dict = *as<Dict>(top(), "a dict").entries;
    if (items.size() % 2 != 0) throw NotAState("is no pickle");
    for (std::size_t i = 0; i < items.size(); i += 2)
      dict[as<std::string>(items[i], "a name")] = std::move(items[i + 1]);
  }

  std::string_view pickle_;
  ReadStorage read_storage_;
  std::size_t position_ = 0;
  std::vector<Value> stack_;
  std::map<std::int64_t, Value> memo_;
  std::deque<Items> tuples_;
  std::deque<Entries> dicts_;
};

std::string record_of(caffe2::serialize::PyTorchStreamReader& archive, const std::string& name) {
  const auto [bytes, size] = archive.getRecord(name);
  return {static_cast<const char*>(bytes.get()), size};
}

std::map<std::string, torch::Tensor> tensors_of(const std::string& bytes) {
  caffe2::serialize::PyTorchStreamReader archive(std::make_shared<Memory>(bytes));
  if (!archive.hasRecord("data.pkl")) throw NotAState(std::string("has no data.pkl in it; ") + kRemedy);
  if (archive.hasRecord("constants.pkl"))
    throw NotAState(std::string("is a TorchScript module, not its weights; ") + kRemedy);
  const auto pickle = record_of(archive, "data.pkl");
  Unpickler unpickler(pickle, [&](const std::string& key) { return record_of(archive, "data/" + key); });
  std::map<std::string, torch::Tensor> tensors;
  for (auto& [name, item] : unpickler.run())
    tensors.emplace(name, as<torch::Tensor>(item, ("the tensor '" + name + "'").c_str()));
  return tensors;
}

}  // namespace

bool is_torch_file(const std::string& bytes) {
  return bytes.compare(0, 4, "PK\x03\x04") == 0;
}

std::map<std::string, torch::Tensor> read_torch_state(const std::string& bytes, const std::string& file) {
  try {
    return tensors_of(bytes);
  } catch (const NotAState& error) {
    throw UserError(file + ": " + error.what());
  } catch (const c10::Error&) {
    throw UserError(file + ": is damaged, or no file of torch.save; " + kRemedy);
  }
}

}  // namespace rraebench
