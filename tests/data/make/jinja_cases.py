"""Templates with what Jinja itself makes of them, for tests/jobs/jinja_test.cpp.

    python tests/data/make/jinja_cases.py        (needs jinja2; made with 3.1)
"""
import json
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment

MESSAGES = [{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "Which?\n (A) x\n (B) y\n"},
            {"role": "assistant", "content": "(A)"}, {"role": "user", "content": "And <now>?"}]
TEMPLATES = [
    "{{ bos_token }}{% for m in messages %}[{{ m.role }}|{{ m['content'] }}]{% endfor %}",
    "{%- for m in messages -%}\n  {{ m.role }} \n{%- endfor -%}\n",
    "a\n  {% if add_generation_prompt %}\n  b\n  {% endif %}\nc\n",
    "{% for m in messages %}\n{% if loop.first %}F{% elif loop.last %}L{% else %}{{ loop.index0 }}/{{ loop.length }}{% endif %}\n{% endfor %}",
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] | trim %}{% set rest = messages[1:] %}"
    "{% else %}{% set rest = messages %}{% endif %}<{{ system }}>{% for m in rest %}{{ m.content.strip() }};{% endfor %}",
    "{% set ns = namespace(found=false, n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% if m.role == 'user' %}"
    "{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.found }} {{ ns.n }}",
    "{% set x = 1 %}{% for m in messages %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}",
    "{{ 'yes' if messages | length > 3 and not missing else 'no' }} {{ missing is defined }} {{ messages is iterable }}",
    "{{ messages[-1].content.split('<')[1] }} {{ messages[-1]['content'][4:-1] }} {{ 'now' in messages[-1].content }} {{ 'q' not in 'abc' }}",
    "{{ messages[3].content.startswith('And') }}{{ 'a' ~ 1 ~ \"b\" + 'c' }}{{ 7 % 4 }}{{ (1 + 2) == 3 }}{{ -1 < 0 }}",
    "{% for k, v in {'a': 1, 'b': 'two'}.items() %}{{ k }}={{ v }},{% endfor %}{{ ['x', 'y'] | join('-') }}{{ ['x', 'y'][0] | upper }}",
    "{# a comment #}\nx{# another -#}   y",
    "{{- '\\n' -}} a {{- 'b' }} \n {%- if true -%} c {%- endif -%} \n d",
    "{{ messages | tojson | length > 10 }} {{ missing | default('none') }} {{ 'x'.replace('x', 'yy') }} {{ ' q '.lstrip() }}|",
    "x {% if false %}y{% endif %} z\n{{ 'end' }} {% if true %}\n!{% endif %}",
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 1) %}{{ raise_exception('order') }}{% endif %}{% endfor %}fine",
]


class Refused(Exception):
    pass


def raise_exception(text):
    raise Refused(text)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
environment.globals["raise_exception"] = raise_exception
variables = {"messages": MESSAGES, "add_generation_prompt": True, "bos_token": "<s>", "eos_token": ""}
cases = [{"template": t, "output": environment.from_string(t).render(**variables)} for t in TEMPLATES]
path = Path(__file__).parent.parent / "jinja" / "cases.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps({"variables": variables, "cases": cases}, indent=1) + "\n")
