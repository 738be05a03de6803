# Writes the C file OUTPUT, which holds the text of the files INPUTS; see term/text.h.
set(arrays "")
set(table "")
foreach(input IN LISTS INPUTS)
  get_filename_component(name "${input}" NAME)
  string(MAKE_C_IDENTIFIER "${name}" identifier)
  file(READ "${input}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
         "\\1\n" bytes "${bytes}")
  string(APPEND arrays "static const char ${identifier}[] = {\n${bytes}\n0};\n")
  string(APPEND table "    {\"${name}\", ${identifier}, sizeof ${identifier} - 1},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"term/text.h\"\n\n${arrays}
const struct term_text term_texts[] = {\n${table}    {NULL, NULL, 0},\n};\n")
