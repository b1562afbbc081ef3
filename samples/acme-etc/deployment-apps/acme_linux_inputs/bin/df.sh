#!/bin/sh
df -P -k
