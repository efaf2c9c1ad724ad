#ifndef PROOFLOAD_CYAML_H
#define PROOFLOAD_CYAML_H
#include <yaml.h>
#endif
