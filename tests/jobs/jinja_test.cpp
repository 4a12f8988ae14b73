#include "jobs/model/templates/jinja.hpp"

#include <catch2/catch.hpp>

#include "storage/files/file_reader.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

TEST_CASE("templates give what Jinja itself gives", "[jobs][jinja]") {
  const json file = json::parse(
      storage::read_text(COXSWAIN_SOURCE_DIR "/tests/data/jinja/cases.json"));
  int cases = 0;
  for (const json& one : file.at("cases")) {
    const auto source = one.at("template").get<std::string>();
    INFO(source);
    CHECK(run_jinja(source, file.at("variables")) ==
          one.at("output").get<std::string>());
    ++cases;
  }
  CHECK(cases > 10);
}

TEST_CASE("a template's own refusal is passed on in its words",
          "[jobs][jinja]") {
  CHECK_THROWS_WITH(
      run_jinja("{{ raise_exception('System role not supported') }}", {}),
      Catch::Contains("System role not supported"));
}

TEST_CASE("what is not of the part that is run is refused, not guessed",
          "[jobs][jinja]") {
  for (const char* source :
       {"{% macro f() %}{% endmacro %}", "{% if x %}", "{% endif %}",
        "{{ x | selectattr('a') }}", "{{ x", "{{ 'a }}", "{{ strftime_now() }}",
        "{{ 1 + 'a' }}", "{% for a in 'text' %}{% endfor %}", "{{ a b }}",
        "{{ ]  }}", "{% set x.y = 1 %}", "{{ 99999999999 }}", "{{ 'a'.b() }}",
        "{{ 5 % 0 }}", "{% for %}{% endfor %}", "{{ [1, 2 }}"}) {
    INFO(source);
    CHECK_THROWS_WITH(run_jinja(source, json::object()),
                      Catch::Contains("chat template"));
  }
}

TEST_CASE("no template takes all time or memory", "[jobs][jinja]") {
  const auto doubled = [](const std::string& begin) {
    std::string source = begin;
    for (int i = 0; i < 60; ++i) source += "{% set x = x + x %}";
    return source;
  };
  const std::string loops(
      "{% for a in x %}{% for b in x %}{% for c in x %}{% for d in x %}"
      "{{ a }}{% endfor %}{% endfor %}{% endfor %}{% endfor %}");
  std::string list = "{% set x = [1";
  for (int i = 0; i < 200; ++i) list += ",1";
  std::string nested = "{% set x = 'a' %}", twice = nested;
  for (int i = 0; i < 500; ++i) {
    nested += "{% set x = [x] %}";
    twice += "{% set x = [x, x] %}";
  }
  std::string wide = "{% set x = '" + std::string(200000, 'a') + "' %}{{ [x";
  for (int i = 0; i < 20000; ++i) wide += ",x";
  wide += "] }}";
  const std::string grows =
      "{% set ns = namespace(x=1) %}" + list + "] %}" +
      "{% for a in x %}{% for b in x %}{% set ns.x = [ns.x, x] %}"
      "{% endfor %}{% endfor %}";
  for (const std::string& source :
       {nested, twice, grows, wide, doubled("{% set x = 'a' %}"),
        doubled("{% set x = [1] %}"), list + "] %}" + loops,
        "{{ " + std::string(100000, '(') + " }}",
        "{{ " + std::string(100000, '-') + "1 }}",
        "{{ " + std::string(100000, '[') + " }}"}) {
    CHECK_THROWS_WITH(run_jinja(source, json::object()),
                      Catch::Contains("chat template"));
  }
}
