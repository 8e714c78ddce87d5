@echo off
rem Windows' bin/demo, for cmd and PowerShell: bin\demo, bin\demo --prepare. Needs Python 3.11 or later from python.org.
setlocal
cd /d "%~dp0.."
if not defined PYTHON set "PYTHON=py -3"
%PYTHON% bin\make_environment.py || exit /b 1
.venv\Scripts\python.exe manage.py demo %*
