#include <catch2/catch.hpp>

#include "storage/files/bytes.hpp"
#include "storage/files/digest.hpp"
#include "storage/tensors/npy_header.hpp"
#include "storage/tensors/tensor_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_zip.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

const std::string kSaes = COXSWAIN_SOURCE_DIR "/tests/data/reference/saes/";

// A .npy file of this header, of version 1, 2 or 3.
std::string npy(const std::string& header, const std::string& data,
                int version = 1) {
  ByteWriter out;
  out.raw("\x93NUMPY");
  out.number(static_cast<std::uint8_t>(version));
  out.number<std::uint8_t>(0);
  if (version == 1) {
    out.number(static_cast<std::uint16_t>(header.size()));
  } else {
    out.number(static_cast<std::uint32_t>(header.size()));
  }
  out.raw(header);
  out.raw(data);
  return out.take();
}

std::string header(const std::string& descr, const std::string& shape,
                   const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran +
         ", 'shape': " + shape + ", }   \n";
}

StoredTensor parse(const std::string& text) {
  return parse_npy_header(text, "f.npz", "w.npy");
}
std::string refusal(const std::string& text) {
  return tests::error_of([&] { parse(text); });
}

std::string error_of_npz(const std::string& member, const std::string& data) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("x.npz"), tests::toy_zip({{member, data}}));
  return tests::error_of([&] { open_npz(scratch.file("x.npz")); });
}

}  // namespace

TEST_CASE("npy headers are read whatever their order and spacing",
          "[storage][npz]") {
  const auto plain = parse(header("<f4", "(3, 4)"));
  CHECK(plain.dtype == DType::f32);
  CHECK(plain.shape == std::vector<std::int64_t>{3, 4});
  CHECK_FALSE(plain.column_major);
  CHECK(parse(header("<f8", "(3, 4)", "True")).column_major);
  CHECK_FALSE(parse(header("<f2", "(3,)", "True")).column_major);
  CHECK(parse(header("<i8", "()")).shape.empty());
  CHECK(parse(header("<i4", "(3L, 4L)")).shape.size() == 2);
  CHECK(parse(header("|u1", "(0, 4,)")).shape[0] == 0);
  const auto other =
      parse(R"({"shape":(2,),"fortran_order":False,"descr":"|b1"})");
  CHECK(other.dtype == DType::boolean);
}

TEST_CASE("npy headers of other numbers and other texts are refused",
          "[storage][npz]") {
  using Catch::Contains;
  CHECK_THAT(refusal(header(">f4", "(3,)")),
             Contains("f.npz: w.npy: numbers of kind '>f4'"));
  CHECK_THAT(refusal(header("|O", "(3,)")), Contains("object array"));
  CHECK_THAT(refusal(header("<u2", "(3,)")), Contains("'<u2'"));
  CHECK_THAT(refusal(header("<f4", "(3)")), Contains("no shape"));
  CHECK_THAT(refusal(header("<f4", "(-3,)")), Contains("negative"));
  CHECK_THAT(refusal(header("<f4", "(3, 4, 5)", "True")),
             Contains("Fortran order of 3"));
  CHECK_THAT(refusal(header("<f4", "(99999999999999999999,)")),
             Contains("64 bits"));
  CHECK_THAT(refusal(header("<f4", "(3, 4") + "x"), Contains("w.npy"));
  CHECK_THAT(refusal("{'descr': [('a', '<f4')], }"), Contains("records"));
  CHECK_THAT(refusal("{'descr': '<f4', 'descr': '<f4', }"),
             Contains("the key 'descr'"));
  CHECK_THAT(refusal("{'descr': '<f4', }"), Contains("fortran_order"));
  CHECK_THAT(refusal(header("<f4", "(3,)") + "1"), Contains("header"));
  CHECK_THAT(refusal("__import__('os').system('true')"), Contains("header"));
  CHECK_THAT(refusal(""), Contains("header"));
  const std::string good = header("<f4", "(3, 4)");
  for (std::size_t cut = 0; cut < good.find('}') + 1; ++cut) {
    REQUIRE_FALSE(refusal(good.substr(0, cut)).empty());
  }
}

TEST_CASE("arrays of all header versions come back", "[storage][npz]") {
  const tests::Scratch scratch;
  const std::string two(8, '\1');
  tests::write_file(
      scratch.file("x.npz"),
      tests::toy_zip(
          {{"a.npy", npy(header("<f4", "(2,)"), two, 1)},
           {"b.npy", npy(header("<f8", "()"), two, 2)},
           {"c.npy", npy(header("|u1", "(2, 4)", "True"), "abcdefgh", 3)},
           {"readme.txt", "not an array"}}));
  const auto file = open_npz(scratch.file("x.npz"));
  REQUIRE(file->tensors().size() == 3);
  CHECK(read_whole(*file, "a").bytes == two);
  CHECK(read_whole(*file, "b").shape.empty());
  CHECK(read_whole(*file, "c").bytes == "acegbdfh");
}

TEST_CASE("numpy's own Fortran-ordered file comes back row-major",
          "[storage][npz]") {
  const auto file = open_npz(kSaes + "gemma_scope_fortran/params.npz");
  CHECK(file->tensors().at("W_enc").column_major);
  // Digests of the row-major bytes, from an independent reader.
  CHECK(sha256(read_whole(*file, "W_enc").bytes) ==
        "b0553449203b4acb363f5c0d0bc6b5172a5b1384a27156b45d1f1630e505a2ec");
  CHECK(sha256(read_whole(*file, "W_dec").bytes) ==
        "cb15f417b6926a097cda401dca13a705f4891b5ad2cf682f8b087e793229c573");
  CHECK(sha256(read_whole(*file, "threshold").bytes) ==
        "34e76242179547fc1610c2d684a798b5d6506f11da07927b6de00cffd09ddca8");
}

TEST_CASE("members that are no sound arrays are refused by name",
          "[storage][npz]") {
  using Catch::Contains;
  const std::string four(16, '\1');
  CHECK(error_of_npz("w.npy", npy(header("<f4", "(4,)"), four)).empty());
  CHECK_THAT(error_of_npz("w.npy", npy(header("<f4", "(5,)"), four)),
             Contains("w.npy: 16 bytes of data, expected 20"));
  CHECK_THAT(error_of_npz("w.npy", npy(header("<f4", "(3,)"), four)),
             Contains("w.npy: 16 bytes of data, expected 12"));
  CHECK_THAT(error_of_npz("w.npy",
                          npy(header("<f4", "(4611686018427387904, 4)"), four)),
             Contains("a shape that can be"));
  CHECK_THAT(error_of_npz("w.npy", npy(header("<f4", "(4,)"), four, 4)),
             Contains("version 4"));
  CHECK_THAT(error_of_npz("w.npy", "short"), Contains("too short"));
  CHECK_THAT(error_of_npz("w.npy", "not numpy at all"), Contains("no .npy"));
  CHECK_THAT(error_of_npz("w.npy", std::string("\x93NUMPY\1\0\xff\xff", 10)),
             Contains("header of 65535 bytes"));
  CHECK_THAT(error_of_npz("w.txt", "text"), Contains("no arrays"));
}
