@echo off
rem Finds a Python of 3.11 to 3.13 and hands over to start.py; what is said is said there.
rem Plain ASCII: this file is read before the code page is changed.
chcp 65001 >nul
setlocal
set "PYTHONUTF8=1"
set "CHOSEN="
for %%V in (3.13 3.12 3.11) do (
    if not defined CHOSEN py -%%V -c "" >nul 2>nul && set "CHOSEN=py -%%V"
)
if not defined CHOSEN (
    python -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))" >nul 2>nul && set "CHOSEN=python"
)
if not defined CHOSEN (
    start "" "%~dp0Doc-truoc.txt"
    exit /b 1
)
%CHOSEN% "%~dp0chuong-trinh\start.py" %*
if errorlevel 1 pause
