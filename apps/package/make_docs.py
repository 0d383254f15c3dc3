#!/usr/bin/env python3
"""Writes manual pages and completions of bash, zsh and fish from what the programs say of themselves, which is what
their --help prints too:

    make_docs.py HITSCOPE FOLDER

FOLDER gets man/*.1.gz, bash/hitscope, zsh/_hitscope and fish/hitscope.fish."""

import gzip
import json
import pathlib
import re
import subprocess
import sys
import textwrap


def described(program, *verb):
    return json.loads(subprocess.run([program, *verb, "--describe"], check=True, capture_output=True, text=True).stdout)


# Manual pages (roff, man macros)


def roff(text):
    """Text as roff shows it: no escapes, no line that begins a request, hyphens that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def sections(footer):
    """(heading, lines) of each paragraph of the text after the options; a line 'Examples:' is a heading."""
    for paragraph in re.split(r"\n\s*\n", footer.strip()):
        lines = paragraph.split("\n")
        titled = re.fullmatch(r"([A-Z][a-z ]+):", lines[0])
        yield (titled[1] if titled else "Notes", lines[1:] if titled else lines)


def footer_page(footer):
    page, previous = [], None
    names = {"Exit codes": "EXIT STATUS"}
    for heading, lines in sections(footer):
        page += [".PP" if heading == previous else f".SH {names.get(heading, heading.upper())}"]
        previous = heading
        if heading == "Exit codes":
            for line in lines:
                code, words = line.split(maxsplit=1)
                page += [".TP", f".B {code}", roff(words)]
        elif all(line.startswith(" ") for line in lines):
            page += [".EX", *(roff(line) for line in textwrap.dedent("\n".join(lines)).split("\n")), ".EE"]
        else:
            page += [roff(" ".join(line.strip() for line in lines))]
    return page


def option_page(option):
    page = [".TP", f".B {roff(option['usage'])}", roff(option["words"])]
    choices = option["choices"]
    if any(choice["help"] for choice in choices):
        page += [".RS"]
        for choice in choices:
            page += [".TP", f".I {roff(choice['name'])}", roff(choice["help"] or "")]
        page += [".RE"]
    elif choices:
        page[-1] += "" if page[-1].endswith(".") else "."
        page += ["One of " + ", ".join(roff(choice["name"]) for choice in choices) + "."]
    return page


def see_also(names):
    return [".SH SEE ALSO", ",\n".join(f".BR {roff(name)} (1)" for name in names)]


def title(name, version):
    return [f'.TH {roff(name.upper())} 1 "" "hitscope {version}" "hitscope manual"', ".ad l", ".nh"]


def verb_page(verb, page, others):
    name = f"hitscope-{verb['name']}"
    usages = [" ".join(line.split()) for line in page["usage"].split(" | ")]
    return [*title(name, page["version"]), ".SH NAME", f"{roff(name)} \\- from {roff(verb['from'])} to {roff(verb['to'])}",
            ".SH SYNOPSIS", "\n.br\n".join(f".B {roff(line)}" for line in usages),
            ".SH DESCRIPTION", roff(page["summary"]),
            ".SH OPTIONS", *(line for group in page["groups"] for line in
                             (f'.SS "{roff(group["heading"])}"', *(l for o in group["options"] for l in option_page(o)))),
            *footer_page(page["footer"]), *see_also(other for other in others if other != name)]


def main_page(program):
    page = [*title("hitscope", program["version"]), ".SH NAME",
            "hitscope \\- from a catalogue of song previews to a popularity model",
            ".SH SYNOPSIS", ".B hitscope", ".I VERB", "[options]", ".SH VERBS"]
    for verb in program["verbs"]:
        page += [".TP", f".BR hitscope\\-{roff(verb['name'])} (1)", f"from {roff(verb['from'])} to {roff(verb['to'])}"]
    page += [".SH DESCRIPTION",
             "Every verb has a manual page of its own, and",
             ".B hitscope VERB \\-\\-help",
             "shows its options with examples.",
             ".B hitscope \\-\\-version",
             "shows the version and the libraries that are used."]
    return page + footer_page(program["footer"]) + see_also(f"hitscope-{verb['name']}" for verb in program["verbs"])


# Completions


def flags_of(page):
    return [flag for group in page["groups"] for option in group["options"] for flag in option["flags"]]


def valued(page):
    """Options with a value."""
    return [o for group in page["groups"] for o in group["options"] if o["value"] and o["flags"]]


def names_of(option):
    return [choice["name"] for choice in option["choices"]]


def takes_files(page):
    return any(o["takes_paths"] and not o["flags"] for group in page["groups"] for o in group["options"])


def is_folder(option):
    return option["value"] in ("FOLDER", "DIR", "RUN", "STORE")


def bash(verbs, pages):
    cases, flags = [], []
    for verb in verbs:
        page = pages[verb]
        flags.append(f'    {verb}) flags="{" ".join(flags_of(page))}" ;;')
        for option in valued(page):
            pattern = " | ".join(f"'{verb} {flag}'" for flag in option["flags"])
            if option["choices"]:
                call = f"_hitscope_words '{' '.join(names_of(option))}' {'list' if option['is_list'] else ''}".rstrip()
            else:
                call = ("_hitscope_files" + is_folder(option) * " -d") if option["takes_paths"] else ":"
            cases.append(f"    {pattern}) {call}; return ;;")
    return f"""# bash completion for hitscope
_hitscope_words() {{ # WORDS [list]: one of them, or several with commas
  local head=
  if [[ ${{2-}} == list && $cur == *,* ]]; then head=${{cur%,*}},; fi
  mapfile -t COMPREPLY < <(compgen -P "$head" -W "$1" -- "${{cur#"$head"}}")
}}
_hitscope_files() {{ # [-d]: folders only
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "${{1--f}}" -- "$cur")
}}
_hitscope() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} verb=${{COMP_WORDS[1]}} flags=
  COMPREPLY=()
  if [[ $cur == = ]]; then # readline makes three words of --flag=value
    cur=
  elif [[ $prev == = ]]; then
    prev=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  if ((COMP_CWORD == 1)) || [[ $verb == help ]]; then
    _hitscope_words '{" ".join(verbs)} help --help --version'
    return
  fi
  case "$verb $prev" in
{chr(10).join(cases)}
  esac
  case $verb in
{chr(10).join(flags)}
  esac
  if [[ $cur == -* ]]; then _hitscope_words "$flags"; else _hitscope_files; fi
}}
complete -F _hitscope hitscope
"""


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")


def zsh(program, verbs, pages):
    bodies = []
    for verb in verbs:
        specs = []
        for group in pages[verb]["groups"]:
            for option in group["options"]:
                words = zsh_text(textwrap.shorten(option["words"], 100, placeholder=" …"))
                action = ""
                if option["choices"]:
                    names = zsh_text(" ".join(names_of(option)))
                    action = f"_values -s , {option['value']} {names}" if option["is_list"] else f"({names})"
                elif option["takes_paths"]:
                    action = "_files -/" if is_folder(option) else "_files"
                value = f":{zsh_text(option['value'])}:{action}" if option["value"] else ""
                if not option["flags"]:
                    specs.append(f"'{'*' if option['is_list'] else ''}{value if option['value'] else ''}'")
                for flag in option["flags"]:
                    joined = "=" if value and flag.startswith("--") else ""  # also --flag=value
                    specs.append(f"'{'*' if option['is_list'] else ''}{flag}{joined}[{words}]{value}'")
        lines = " \\\n        ".join(specs)
        bodies.append(f"      {verb})\n        _arguments \\\n        {lines}\n        ;;")
    described_verbs = "\n".join(f"    '{v['name']}:{zsh_text(v['from'])} → {zsh_text(v['to'])}'" for v in program["verbs"])
    return f"""#compdef hitscope
# zsh completion for hitscope
_hitscope() {{
  local context state line curcontext=$curcontext
  local -a verbs=(
{described_verbs}
    'help:the options of a verb'
  )
  _arguments -C '(- *)--help[show help]' '(- *)--version[show the version]' '1:verb:->verb' '*::argument:->argument'
  case $state in
  verb) _describe verb verbs ;;
  argument)
    case $words[1] in
      help) _describe verb verbs ;;
{chr(10).join(bodies)}
    esac
    ;;
  esac
}}
_hitscope "$@"
"""


def fish_text(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_value(option):
    if option["choices"]:
        names = " ".join(names_of(option))
        return f" -x -a \"(__fish_append , {names})\"" if option["is_list"] else f" -x -a {fish_text(names)}"
    if not option["value"]:
        return ""
    if not option["takes_paths"]:
        return " -x"
    return ' -x -a "(__fish_complete_directories)"' if is_folder(option) else " -r -F"


def fish(program, verbs, pages):
    first = "complete -c hitscope -f -n '__hitscope_verb_is \"\"'"
    lines = ["# fish completion for hitscope", "function __hitscope_verb_is", "  set -l words (commandline -opc)",
             '  test "$words[2]" = "$argv[1]"', "end", f"{first} -l help -d 'show help'",
             f"{first} -l version -d 'show the version'", f"{first} -a help -d 'the options of a verb'"]
    for verb in program["verbs"]:
        words = fish_text(f"{verb['from']} → {verb['to']}")
        lines += [f"{first} -a {verb['name']} -d {words}",
                  f"complete -c hitscope -f -n '__hitscope_verb_is help' -a {verb['name']} -d {words}"]
    for verb in verbs:
        seen = f"-n '__hitscope_verb_is {verb}'"
        lines.append(f"complete -c hitscope {seen} -{'F' if takes_files(pages[verb]) else 'f'}")
        for option in (option for group in pages[verb]["groups"] for option in group["options"] if option["flags"]):
            names = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option["flags"])
            words = textwrap.shorten(option["words"], 80, placeholder=" …")
            lines.append(f"complete -c hitscope {seen} {names}{fish_value(option)} -d {fish_text(words)}")
    return "\n".join(lines) + "\n"


def write(path, text, compressed=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if compressed else data)


def main():
    program_path, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    program = described(program_path)
    verbs = [verb["name"] for verb in program["verbs"]]
    pages = {verb: described(program_path, verb) for verb in verbs}
    names = ["hitscope", *(f"hitscope-{verb}" for verb in verbs)]
    write(folder / "man/hitscope.1.gz", "\n".join(main_page(program)) + "\n", compressed=True)
    for verb in program["verbs"]:
        page = verb_page(verb, pages[verb["name"]], names)
        write(folder / f"man/hitscope-{verb['name']}.1.gz", "\n".join(page) + "\n", compressed=True)
    write(folder / "bash/hitscope", bash(verbs, pages))
    write(folder / "zsh/_hitscope", zsh(program, verbs, pages))
    write(folder / "fish/hitscope.fish", fish(program, verbs, pages))


if __name__ == "__main__":
    main()
