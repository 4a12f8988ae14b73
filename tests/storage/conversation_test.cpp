#include "storage/texts/conversation.hpp"

#include <catch2/catch.hpp>

#include "storage/files/fault.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

Conversation said(const char* turns) {
  return conversation_of(nlohmann::json::parse(turns), "d:7", "messages");
}

std::string refusal(const char* turns) {
  return tests::error_of([&] { said(turns); });
}

}  // namespace

TEST_CASE("turns become exchanges and a question", "[storage][conversation]") {
  const Conversation one = said(R"([{"role": "user", "content": "q"}])");
  CHECK(one.question == "q");
  CHECK(one.before.empty());
  CHECK_FALSE(one.system.has_value());
  const Conversation three = said(
      R"([{"role": "system", "content": "s"}, {"role": "user", "content": "a"},
          {"role": "assistant", "content": "b"},
          {"role": "user", "content": "c"}])");
  CHECK(three.system == "s");
  CHECK(three.before == std::vector<Exchange>{{"a", "b"}});
  CHECK(three.question == "c");
}

TEST_CASE("turns that can't be read are named by their place",
          "[storage][conversation]") {
  CHECK_THAT(refusal("[]"), Catch::Contains("d:7: messages: no turns"));
  CHECK_THAT(refusal("[3]"), Catch::Contains("d:7: messages[0]: 3, a number"));
  CHECK_THAT(refusal(R"([{"role": "user"}])"),
             Catch::Contains("messages[0].content: no such key"));
  CHECK_THAT(refusal(R"([{"role": "user", "content": [1]}])"),
             Catch::Contains("messages[0].content: [1], a list"));
  CHECK_THAT(refusal(R"([{"role": "human", "content": "q"}])"),
             Catch::Contains("messages[0].role: \"human\", expected user"));
  CHECK_THAT(refusal(R"([{"role": "user", "content": "q"},
                         {"role": "user", "content": "r"}])"),
             Catch::Contains("messages[1].role: \"user\", expected assistant"));
  CHECK_THAT(refusal(R"([{"role": "user", "content": "q"},
                         {"role": "assistant", "content": "r"}])"),
             Catch::Contains("the assistant's turn at its end") &&
                 Catch::Contains("leave it out"));
  CHECK_THAT(refusal(R"([{"role": "system", "content": "q"}])"),
             Catch::Contains("the user's turn last"));
}
