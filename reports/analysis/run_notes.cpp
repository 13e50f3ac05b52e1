#include "reports/analysis/run_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace rraebench {
namespace {

/// As it was written, so that it is told without invented digits.
struct Number {
  std::string text;
  double value = 0.0;
};

struct Speaker {
  std::string label;
  std::vector<std::int64_t> seeds;
};

/// Sentences that differ in numbers alone.
struct Sentence {
  std::vector<std::string> between;  // What stands before, between and after the numbers.
  std::vector<Number> smallest;
  std::vector<Number> largest;
  std::vector<Speaker> speakers;
};

std::optional<Number> number_at_start(std::string_view word) {
  Number number;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number.value);
  if (error != std::errc()) return std::nullopt;
  number.text = word.substr(0, static_cast<std::size_t>(end - word.data()));
  if (number.text.back() == '.') number.text.pop_back();  // Of the sentence.
  // Digits alone: "inf" and "nan" are words.
  if (number.text.find_first_not_of("0123456789.") != std::string::npos) return std::nullopt;
  if (word.substr(number.text.size()).find_first_not_of(".,;:)") != std::string_view::npos)
    return std::nullopt;
  return number;
}

Sentence parse(const std::string& text) {
  Sentence sentence;
  std::string between;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size() - 1) + 1;
    const auto word = std::string_view(text).substr(begin, end - begin);
    const auto core = word.substr(0, word.find(' '));
    if (const auto number = number_at_start(core)) {
      sentence.between.push_back(std::exchange(between, std::string(word.substr(number->text.size()))));
      sentence.smallest.push_back(*number);
    } else {
      between += word;
    }
    begin = end;
  }
  sentence.between.push_back(between);
  sentence.largest = sentence.smallest;
  return sentence;
}

void widen(Sentence& sentence, const Sentence& other) {
  for (std::size_t i = 0; i < sentence.smallest.size(); ++i) {
    if (other.smallest[i].value < sentence.smallest[i].value) sentence.smallest[i] = other.smallest[i];
    if (other.largest[i].value > sentence.largest[i].value) sentence.largest[i] = other.largest[i];
  }
}

void add_speaker(Sentence& sentence, const RunNote& note) {
  auto& speakers = sentence.speakers;
  auto speaker = std::find_if(speakers.begin(), speakers.end(),
                              [&](const Speaker& known) { return known.label == note.label; });
  if (speaker == speakers.end()) speaker = speakers.insert(speakers.end(), {note.label, {}});
  auto& seeds = speaker->seeds;
  if (std::find(seeds.begin(), seeds.end(), note.seed) == seeds.end()) seeds.push_back(note.seed);
}

std::string tell(const Sentence& sentence) {
  std::string text;
  for (const auto& [label, seeds] : sentence.speakers)
    text += fmt::format("{}{}, {} {}", text.empty() ? "" : "; ", label, seeds.size() == 1 ? "seed" : "seeds",
                        fmt::join(seeds, ", "));
  text += ": " + sentence.between.front();
  for (std::size_t i = 0; i < sentence.smallest.size(); ++i) {
    const auto& [low, high] = std::pair(sentence.smallest[i], sentence.largest[i]);
    text += low.value == high.value ? low.text : fmt::format("{} to {}", low.text, high.text);
    text += sentence.between[i + 1];
  }
  return text;
}

}  // namespace

std::vector<std::string> join_run_notes(const std::vector<RunNote>& notes) {
  std::vector<Sentence> sentences;
  for (const auto& note : notes) {
    auto parsed = parse(note.text);
    auto sentence = std::find_if(sentences.begin(), sentences.end(),
                                 [&](const Sentence& known) { return known.between == parsed.between; });
    if (sentence == sentences.end())
      sentence = sentences.insert(sentences.end(), std::move(parsed));
    else
      widen(*sentence, parsed);
    add_speaker(*sentence, note);
  }
  std::vector<std::string> told;
  for (const auto& sentence : sentences) told.push_back(tell(sentence));
  return told;
}

}  // namespace rraebench
