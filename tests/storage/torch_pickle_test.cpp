#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/files/bytes.hpp"
#include "storage/files/digest.hpp"
#include "storage/tensors/pickle_reader.hpp"
#include "storage/tensors/tensor_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_zip.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using Catch::Contains;

namespace {

const std::string kSaes = COXSWAIN_SOURCE_DIR "/tests/data/reference/saes/";

// Opcodes, as Python's pickle writes them.
std::string text(const std::string& value) {
  ByteWriter out;
  out.raw("X");
  out.number(static_cast<std::uint32_t>(value.size()));
  out.raw(value);
  return out.take();
}
std::string integer(std::int64_t value) {
  ByteWriter out;
  out.raw("\x8a\x08");
  out.number(value);
  return out.take();
}
std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
std::string tuple(const std::vector<std::int64_t>& values) {
  std::string items;
  for (const std::int64_t value : values) items += integer(value);
  return "(" + items + "t";
}
std::string pickle(const std::string& opcodes) {
  return "\x80\x02" + opcodes + ".";
}
std::string dict(const std::string& pairs) { return "}(" + pairs + "u"; }

struct ToyTensor {
  std::vector<std::int64_t> sizes, strides;
  std::int64_t offset = 0;
  std::int64_t count = 6;  // elements of its storage
  std::string key = "0";
  std::string kind = "FloatStorage";
};

std::string tensor(const ToyTensor& toy) {
  return global("torch._utils", "_rebuild_tensor_v2") + "((" + text("storage") +
         global("torch", toy.kind) + text(toy.key) + text("cpu") +
         integer(toy.count) + "tQ" + integer(toy.offset) + tuple(toy.sizes) +
         tuple(toy.strides) + "\x89" + global("collections", "OrderedDict") +
         ")RtR";
}

const std::string kSix("\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5\0\0\0", 24);

std::string zipped(const std::string& opcodes,
                   const std::string& storage = kSix) {
  return tests::toy_zip({{"x/data.pkl", pickle(opcodes)},
                         {"x/byteorder", "little"},
                         {"x/data/0", storage}});
}

std::string legacy(const std::string& opcodes, const std::string& keys,
                   const std::string& storages) {
  return pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") +
         pickle(integer(1001)) + pickle(dict(text("little_endian") + "\x88")) +
         pickle(opcodes) + pickle("](" + keys + "e") + storages;
}

// Every tensor's bytes as they come back.
std::map<std::string, std::string> all_of(const std::string& bytes) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("x.pt"), bytes);
  const auto file = open_torch_pickle(scratch.file("x.pt"));
  std::map<std::string, std::string> found;
  for (const auto& [name, info] : file->tensors()) {
    found[name] = read_whole(*file, name).bytes;
  }
  return found;
}
std::string error_of_file(const std::string& bytes) {
  return tests::error_of([&] { all_of(bytes); });
}
std::string error_of_tensor(const ToyTensor& toy) {
  return error_of_file(zipped(dict(text("w") + tensor(toy))));
}

}  // namespace

TEST_CASE("views of one storage come back row-major",
          "[storage][torch_pickle]") {
  const auto found = all_of(
      zipped(dict(text("all") + tensor({{2, 3}, {3, 1}}) + text("turned") +
                  tensor({{3, 2}, {1, 3}}) + text("tail") +
                  tensor({{2}, {1}, 4}) + text("one") + tensor({{}, {}, 5}) +
                  text("none") + tensor({{0, 3}, {3, 1}}) +
                  text("odd strides of one row") + tensor({{1, 6}, {1, 1}}))));
  REQUIRE(found.size() == 6);
  CHECK(found.at("all") == kSix);
  const auto element = [](std::size_t i) { return kSix.substr(4 * i, 4); };
  CHECK(found.at("turned") == element(0) + element(3) + element(1) +
                                  element(4) + element(2) + element(5));
  CHECK(found.at("tail") == kSix.substr(16));
  CHECK(found.at("one") == element(5));
  CHECK(found.at("none").empty());
  CHECK(found.at("odd strides of one row") == kSix);
}

TEST_CASE("parameters and nested mappings are read, other entries left out",
          "[storage][torch_pickle]") {
  const std::string parameter = global("torch._utils", "_rebuild_parameter") +
                                "(" + tensor({{6}, {1}}) + "\x88NtR";
  const auto found = all_of(zipped(
      dict(text("activation") + text("TopK") + text("epoch") + integer(3) +
           text("state") + dict(text("w") + parameter) + text("size") +
           global("torch", "Size") + tuple({1}) + "\x85R")));
  REQUIRE(found.size() == 1);
  CHECK(found.at("state.w") == kSix);
}

TEST_CASE("what torch wrote before 1.6 is read", "[storage][torch_pickle]") {
  const std::string object = dict(text("w") + tensor({{2, 3}, {3, 1}}));
  ByteWriter storage;
  storage.number<std::int64_t>(6);
  storage.raw(kSix);
  const std::string data = storage.take();
  CHECK(all_of(legacy(object, text("0"), data)).at("w") == kSix);
  CHECK_THAT(error_of_file(legacy(object, text("0"), data + "x")),
             Contains("bytes after the last storage"));
  CHECK_THAT(error_of_file(legacy(object, text("1"), data)),
             Contains("storage 1"));
  CHECK_THAT(error_of_file(legacy(object, "", "")), Contains("fewer"));
  const std::string good = legacy(object, text("0"), data);
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    REQUIRE_FALSE(error_of_file(good.substr(0, cut)).empty());
  }
}

TEST_CASE("files of torch itself come back as an independent reader has them",
          "[storage][torch_pickle]") {
  const auto zip = open_torch_pickle(kSaes + "dl_topk/ae.pt");
  CHECK(zip->tensors().size() == 6);
  CHECK(zip->tensors().at("encoder.weight").column_major);
  CHECK(zip->tensors().at("k").dtype == DType::i32);
  CHECK(zip->tensors().at("k").shape.empty());
  CHECK(sha256(read_whole(*zip, "encoder.weight").bytes) ==
        "d068e984f6e55a46a372c31537c38707d20d462cf7f67700f7f482c008027fdb");
  CHECK(sha256(read_whole(*zip, "threshold").bytes) ==
        "716bd274a3321bec3662dd5e1842d2f2e1aba4bbbd222833b29bf081f86f9b91");
  const auto old = open_torch_pickle(kSaes + "dl_autoencoder_legacy_pt/ae.pt");
  CHECK(sha256(read_whole(*old, "encoder.weight").bytes) ==
        "915818535553f7756ff1fa98ff7c1f6e47440b16b8a85edd384d27199ae971d9");
  CHECK(sha256(read_whole(*old, "decoder.weight").bytes) ==
        "8d49569cd68fd01ffba88fff9f95118f66d3f035920182fb1617895c9349b81d");
}

TEST_CASE("a pickle that calls into Python is refused by name and never run",
          "[storage][torch_pickle]") {
  const tests::Scratch scratch;
  const std::string proof = scratch.file("it-ran");
  const std::string command = text("touch " + proof);
  const std::string by_global =
      dict(text("w") + global("os", "system") + command + "\x85R");
  const std::string by_stack =
      text("w") + text("posix") + text("system") + "\x93" + command + "\x85R";
  CHECK_THAT(error_of_file(zipped(by_global)), Contains("GLOBAL os system"));
  CHECK_THAT(error_of_file(zipped(dict(by_stack))),
             Contains("STACK_GLOBAL posix system"));
  CHECK_THAT(error_of_file(legacy(by_global, "", "")),
             Contains("GLOBAL os system"));
  CHECK_THAT(error_of_file(legacy("}", global("os", "system"), "")),
             Contains("no tensors"));
  // Old opcodes that call as well.
  CHECK_THAT(error_of_file(zipped("(" + command + "ios\nsystem\n")),
             Contains("opcode 105"));
  CHECK_THAT(
      error_of_file(zipped(global("torch", "Size") + command + "\x85\x81")),
      Contains("opcode 129"));
  // Nor does its name reach the terminal as it is.
  CHECK_THAT(error_of_file(zipped(global("os\x1b[31m", "system"))),
             Contains("GLOBAL os?[31m system"));
  CHECK_FALSE(std::filesystem::exists(proof));
}

TEST_CASE("tensors that don't lie within their storage are refused by name",
          "[storage][torch_pickle]") {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  CHECK(error_of_tensor({{2, 3}, {3, 1}}).empty());
  CHECK_THAT(error_of_tensor({{2, 3}, {3, 1}, 1}),
             Contains("w: sizes and strides that reach beyond"));
  CHECK_THAT(error_of_tensor({{2, 3}, {4, 1}}), Contains("reach beyond"));
  CHECK_THAT(error_of_tensor({{2, 3}, {kHuge, kHuge}}),
             Contains("reach beyond"));
  CHECK_THAT(error_of_tensor({{1}, {1}, -1}), Contains("w: "));
  CHECK_THAT(error_of_tensor({{1}, {1}, kHuge + (kHuge - 1)}),
             Contains("reach beyond"));
  CHECK_THAT(error_of_tensor({{kHuge, 8}, {8, 1}}), Contains("impossible"));
  CHECK_THAT(error_of_tensor({{-1}, {1}}), Contains("w: sizes"));
  CHECK_THAT(error_of_tensor({{3}, {2}}), Contains("w: strides of neither"));
  CHECK_THAT(error_of_tensor({{6}, {0}}), Contains("w: strides of neither"));
  CHECK_THAT(error_of_tensor({{2}, {1, 1}}), Contains("don't belong"));
  CHECK_THAT(error_of_tensor({{7}, {1}, 0, 7}),
             Contains("data/0: a storage of 24 bytes, expected 7"));
  CHECK_THAT(error_of_tensor({{6}, {1}, 0, 6, "9"}),
             Contains("data/9: no such storage"));
  CHECK_THAT(error_of_tensor({{6}, {1}, 0, 6, "0", "ShortStorage"}),
             Contains("GLOBAL torch ShortStorage"));
}

TEST_CASE("objects that are no mapping of tensors are refused",
          "[storage][torch_pickle]") {
  CHECK_THAT(error_of_file(zipped(tensor({{6}, {1}}))),
             Contains("a tensor alone"));
  CHECK_THAT(error_of_file(zipped("]")), Contains("no mapping"));
  CHECK_THAT(error_of_file(zipped("}")), Contains("no tensors"));
  CHECK_THAT(error_of_file(zipped(dict(text("w") + tensor({{6}, {1}}) +
                                       text("w") + tensor({{6}, {1}})))),
             Contains("w: two tensors of this name"));
  // A mapping that holds itself.
  CHECK_THAT(error_of_file(zipped("}q\1(" + text("a") + "h\1u")),
             Contains("nested too deeply"));
  CHECK_THAT(error_of_file(tests::toy_zip(
                 {{"x/data.pkl", pickle("}")}, {"x/byteorder", "big"}})),
             Contains("another byte order"));
  CHECK_THAT(error_of_file(tests::toy_zip({{"x/y", ""}})),
             Contains("data.pkl: no such member"));
  CHECK_THAT(error_of_file("hello"), Contains("neither a zip archive nor"));
}

TEST_CASE("pickles that run out of anything are refused",
          "[storage][torch_pickle]") {
  const auto error = [](const std::string& bytes) {
    return tests::error_of(
        [&] { read_pickle(bytes, {"collections OrderedDict"}, "p"); });
  };
  CHECK(error(pickle("N")).empty());
  CHECK_THAT(error(""), Contains("p: pickle: a pickle that ends early"));
  CHECK_THAT(error(pickle("")), Contains("empty stack"));
  CHECK_THAT(error(pickle("NN")), Contains("beside the last one"));
  CHECK_THAT(error(pickle("N(0N")), Contains("empty stack"));
  CHECK_THAT(error(pickle("t")), Contains("no mark"));
  CHECK_THAT(error(pickle("h\5")), Contains("never kept"));
  CHECK_THAT(error(pickle("}Na")), Contains("can't take them"));
  CHECK_THAT(error(pickle("}(Nu")), Contains("can't take them"));
  CHECK_THAT(error(pickle("N)R")), Contains("no call"));
  CHECK_THAT(error(pickle("X\xff\xff\xff\xff")), Contains("4294967295 more"));
  CHECK_THAT(error(pickle(std::string("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"))),
             Contains("ends early"));
  CHECK_THAT(error("\x80\x06N."), Contains("newer pickle"));
  CHECK_THAT(error(pickle(std::string(2U << 20, ')'))),
             Contains("too many values"));
  CHECK_THAT(error(pickle("N0" + std::string(5U << 20, '('))),
             Contains("too many opcodes"));
  // One long list of pairs, made into a mapping again and again.
  const std::string pairs = "]q\1(" + std::string(300000, ')') + "e0";
  CHECK_THAT(
      error(pickle(pairs + global("collections", "OrderedDict") + "h\1\x85R")),
      Contains("an OrderedDict of something else"));
  std::string again = "NN\x86q\2" + std::string("0]q\1(");
  for (int i = 0; i < 100000; ++i) again += "h\2";
  again += "e0";
  for (int i = 0; i < 100; ++i) {
    again += global("collections", "OrderedDict") + "h\1\x85R0";
  }
  CHECK_THAT(error(pickle(again + "N")), Contains("too many items"));
}

TEST_CASE("every value of a pickle is what Python would have",
          "[storage][torch_pickle]") {
  const std::string bytes = pickle(
      "(N\x88J\xff\xff\xff\xffK\xffM\xff\xff\x8a\1\xff\x8a" +
      std::string("\0", 1) + "G\xbf\xf8" + std::string(6, '\0') + "C\2abU\1ct");
  const Pickle read = read_pickle(bytes, {}, "p");
  const auto& items = read.at(read.root).items;
  REQUIRE(items.size() == 10);
  CHECK(read.at(items[0]).kind == PickleValue::Kind::none);
  CHECK(read.at(items[1]).kind == PickleValue::Kind::boolean);
  CHECK(read.at(items[2]).integer == -1);
  CHECK(read.at(items[3]).integer == 255);
  CHECK(read.at(items[4]).integer == 65535);
  CHECK(read.at(items[5]).integer == -1);
  CHECK(read.at(items[6]).integer == 0);
  CHECK(read.at(items[7]).real == -1.5);
  CHECK(read.at(items[8]).text == "ab");
  CHECK(read.at(items[9]).text == "c");
  CHECK(read.length == bytes.size());
}
